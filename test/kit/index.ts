/** For tests of plugins: `import { createTestHost, testPlugin, testEngine } from 'belfry/testing'`. */
export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { createFakeEngine } from './fake-engine.ts';
export { createFakeRegistry } from './fake-registry.ts';
export { type ReportFixture, reportFixtures, sampleFinished, sampleLine } from './reports.ts';
export { sampleEvent } from './sample-event.ts';
export {
  sampleCleanupCandidate,
  sampleCyclePlan,
  sampleCycleWorkload,
  samplePlan,
  sampleState,
  sampleVersion,
  sampleWorkload,
} from './samples.ts';
export {
  type TestContainer,
  type TestEngine,
  type TestEngineOptions,
  type TestReport,
  type TestUpdate,
  type TestUse,
  testEngine,
} from './test-engine.ts';
export { createTestHost, type TestHost, type TestHostOptions } from './test-host.ts';
export { type TestNotifierOptions, testNotifier } from './test-notifier.ts';
export { type PluginCases, testPlugin } from './test-plugin.ts';

/** For tests of plugins: `import { createTestHost, samplePlan } from 'belfry/testing'`. */
export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { createFakeEngine } from './fake-engine.ts';
export { createFakeRegistry } from './fake-registry.ts';
export { type ReportFixture, reportFixtures, sampleFinished, sampleLine } from './reports.ts';
export { samplePlan, sampleState, sampleVersion, sampleWorkload } from './samples.ts';
export { createTestHost, type TestHost, type TestHostOptions } from './test-host.ts';
export { type TestNotifierOptions, testNotifier } from './test-notifier.ts';

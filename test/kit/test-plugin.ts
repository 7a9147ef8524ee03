import { inspect } from 'node:util';
import type { JsonSchema } from '../../core/config/json-schema.ts';
import type { Asked, Decision } from '../../core/decisions.ts';
import { AppErrors, messageOf } from '../../core/errors/app-error.ts';
import { checkPlugin } from '../../core/loader.ts';
import { eventReport, runReport } from '../../core/notifier/build-report.ts';
import type { Plugin } from '../../core/plugin.ts';
import { configSchemaOf } from '../../core/plugin-schema.ts';
import { sampleEvent } from './sample-event.ts';
import { sampleCleanupCandidate, sampleCyclePlan, sampleCycleWorkload, samplePlan, sampleState } from './samples.ts';
import { createTestHost, type TestHost, type TestHostOptions } from './test-host.ts';

export interface PluginCases extends Omit<TestHostOptions, 'config'> {
  /** Configurations it takes, as they would stand in the file; with each it is set up and asked all that it answers. */
  readonly valid?: readonly unknown[];
  /** Configurations it must refuse. */
  readonly invalid?: readonly unknown[];
}

/**
 * Checks all that every plugin owes: its shape and summary, a description of each setting, the configurations it takes
 * and refuses, answers of the right kind, and a clean end. Rejects with everything that is wrong.
 */
export async function testPlugin<Config>(plugin: Plugin<Config>, cases: PluginCases = {}): Promise<void> {
  const faults = faultsOfShape(plugin);
  if (faults.length === 0) faults.push(...describing(plugin), ...(await configured(plugin, cases)));
  if (faults.length === 0) return;
  throw new Error(
    [`${plugin.name} has ${faults.length} fault${faults.length === 1 ? '' : 's'}:`, ...faults].join('\n- '),
  );
}

function faultsOfShape(plugin: unknown): string[] {
  try {
    checkPlugin('under test', plugin);
    return [];
  } catch (error) {
    return wordsOf(error);
  }
}

function wordsOf(error: unknown): string[] {
  return error instanceof AppErrors ? error.errors.map(({ message }) => message) : [messageOf(error)];
}

/** What people would miss who read about it. */
function describing(plugin: Pick<Plugin, 'summary' | 'labels' | 'config' | 'configJsonSchema'>): readonly string[] {
  const texts = [['its `summary`', plugin.summary], ...Object.entries(plugin.labels ?? {})] as const;
  const unfinished = texts.filter(([, text]) => !/^\S.*\.$/.test(text)).map(([name]) => `${name} is not a sentence`);
  const schema = configSchemaOf(plugin);
  if (schema === false) return unfinished;
  const unknown = Object.keys(schema).length === 0 ? ['its `config` has no JSON Schema: give `configJsonSchema`'] : [];
  const silent = undescribed(schema).map((path) => `its setting ${path} has no description: use .describe(…)`);
  return [...unfinished, ...unknown, ...silent];
}

function undescribed(schema: unknown, path = ''): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema as Exclude<JsonSchema, false>).flatMap(([keyword, value]) => {
    if (keyword === 'default' || keyword === 'examples') return [];
    if (keyword !== 'properties') return undescribed(value, path);
    return Object.entries(value as Readonly<Record<string, object>>).flatMap(([key, one]) => {
      const place = path === '' ? key : `${path}.${key}`;
      const said = 'description' in one || 'const' in one || '$ref' in one;
      return [...(said ? [] : [place]), ...undescribed(one, place)];
    });
  });
}

async function configured<Config>(plugin: Plugin<Config>, cases: PluginCases): Promise<readonly string[]> {
  const { valid = plugin.config === undefined ? [undefined] : [], invalid = [], ...options } = cases;
  const faults = valid.length === 0 ? ['there is no configuration in `valid` to set it up with'] : [];
  for (const config of valid) {
    for (const fault of await faultsWith(plugin, { ...lent, ...options, config })) {
      faults.push(config === undefined ? fault : `with ${shown(config)}: ${fault}`);
    }
  }
  for (const config of invalid) {
    if (await accepts(plugin, config, options)) faults.push(`it takes ${shown(config)}, which it should refuse`);
  }
  return faults;
}

const shown = (config: unknown) => inspect(config, { depth: 5, breakLength: Number.POSITIVE_INFINITY });

/** What a plugin may reach for, where the test does not care. */
const lent: TestHostOptions = {
  http: async () => ({ status: 200, headers: {}, body: '' }),
  state: () => sampleState(),
  logs: () => [],
  exec: () => ({ exitCode: 0, output: '' }),
  registry: { manifest: async () => null, blob: async () => null },
};

async function accepts<Config>(plugin: Plugin<Config>, config: unknown, options: TestHostOptions): Promise<boolean> {
  try {
    await (await createTestHost(plugin, { ...lent, ...options, config })).dispose();
    return true;
  } catch {
    return false;
  }
}

async function faultsWith<Config>(plugin: Plugin<Config>, options: TestHostOptions): Promise<readonly string[]> {
  const faults: string[] = [];
  const attempt = (work: () => Promise<unknown>) => work().catch((error: unknown) => faults.push(...wordsOf(error)));
  await attempt(async () => {
    const host = await createTestHost(plugin, options);
    for (const decision of host.decisions) await attempt(() => ask(host, decision));
    for (const type of host.events) await attempt(() => host.emit(sampleEvent(type)));
    if (host.delivers) faults.push(...(await faultsOfDelivery(host)));
    await host.dispose();
    faults.push(...host.logged.filter((line) => line.includes('(dispose)')));
  });
  return faults;
}

const subjects: { readonly [D in Decision]: () => Asked<D> } = {
  beforeCycle: () => sampleCyclePlan(),
  beforeUpdate: () => samplePlan(),
  beforeReplace: () => samplePlan(),
  checkHealth: () => samplePlan(),
  afterUpdate: () => samplePlan(),
  afterRollback: () => samplePlan(),
  selectCleanup: () => [sampleCleanupCandidate()],
  afterCycle: () => ({ finished: sampleEvent('finished'), workloads: [sampleCycleWorkload()] }),
};

function ask<D extends Decision>(host: TestHost, decision: D) {
  return host.ask(decision, subjects[decision]());
}

async function faultsOfDelivery(host: TestHost): Promise<readonly string[]> {
  const found = sampleEvent('found');
  const about = { id: 'msg_1', now: new Date(found.time) };
  const answers = [
    await host.deliver({ kind: 'event', report: eventReport(found, about), event: found }),
    await host.deliver({ kind: 'run', report: runReport(sampleEvent('finished'), about), event: null }),
  ];
  // What a delivery throws counts as a reason to try again.
  return answers.flatMap((answer) =>
    answer.outcome === 'retry' && /^\S+ (?:gave no delivery answer|\(deliver\))/.test(answer.why) ? [answer.why] : [],
  );
}

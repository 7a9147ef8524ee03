import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type AppError, AppErrors } from '../core/errors/app-error.ts';
import type { Fact } from '../core/events.ts';
import { eventReport } from '../core/notifier/build-report.ts';
import type { DeliveryAnswer, Message, Plugin, PluginContext, Wiring } from '../core/plugin.ts';
import { z } from '../core/plugin.ts';
import { hostOf, pluginNamed } from './hosting.ts';
import { sampleWorkload } from './kit/samples.ts';
import { createTestHost } from './kit/test-host.ts';

const started: Fact = { type: 'started', cycle: 'c', workload: null, trigger: 'manual', dryRun: false };
const found = { type: 'checked', cycle: 'c', workload: sampleWorkload(), digest: null, upToDate: false } as const;
const never = () => new Promise<never>(() => {});

/** What is wrong with plugins, as `CODE message`, sorted. */
async function problemsOf(plugins: readonly unknown[], config?: unknown, lacking?: string): Promise<readonly string[]> {
  try {
    await hostOf(plugins as readonly Plugin[], { config, lacking });
    return [];
  } catch (error) {
    assert.ok(error instanceof AppErrors);
    return error.errors.map(({ code, message }: AppError) => `${code} ${message}`).toSorted();
  }
}

/** Lets timers that isolate has set run out, once everything before them has happened. */
async function runOut(tick: (milliseconds: number) => void): Promise<void> {
  for (let passed = 0; passed < 5; passed += 1) await turn();
  tick(60_000);
  for (let passed = 0; passed < 5; passed += 1) await turn();
}

describe('a plugin that is for some labels only', () => {
  const asleep = (plugin: Plugin) => hostOf([plugin], { labels: ['health.http', 'health.other'] });

  test('is not set up before a container has one of them, and then once', async () => {
    let times = 0;
    const plugin = pluginNamed('sleeper', async () => {
      times += 1;
      return {};
    });
    const { host } = await asleep(plugin);
    for (const labels of [{}, { 'belfry.health': 'x' }, { 'belfry.health.http': ' ' }, { 'health.http': 'x' }]) {
      await host.wake(labels as Record<string, string>);
    }
    assert.deepEqual([times, host.instances.length, host.asleep().length], [0, 0, 1]);
    const labels = { 'belfry.health.http': ':80' };
    await Promise.all([host.wake(labels), host.wake(labels)]);
    await host.wake({ 'belfry.health.other': 'x' });
    assert.deepEqual([times, host.instances.map(({ name }) => name), host.asleep()], [1, ['sleeper'], []]);
  });

  test('that cannot be set up says so, and is tried again', async () => {
    let isBroken = true;
    const plugin = pluginNamed('sleeper', () => {
      if (isBroken) throw new Error('not now');
      return {};
    });
    const { host } = await asleep(plugin);
    const labels = { 'belfry.health.http': ':80' };
    await assert.rejects(host.wake(labels), /PLUGIN_SETUP_FAILED.*not now/);
    isBroken = false;
    await host.wake(labels);
    assert.equal(host.instances.length, 1);
  });

  test('is disposed of like any other', async () => {
    const disposed: string[] = [];
    const { host } = await asleep(pluginNamed('sleeper', { dispose: () => disposed.push('sleeper') }));
    await host.wake({ 'belfry.health.http': ':80' });
    await host.dispose();
    assert.deepEqual(disposed, ['sleeper']);
  });
});

describe('a plugin is set up', () => {
  test('with its name, its configuration and what it requires', async () => {
    let context: PluginContext<unknown> | undefined;
    const plugin = {
      ...pluginNamed('mine', (given) => {
        context = given;
        return {};
      }),
      config: z.strictObject({ hours: z.int().default(3) }),
    };
    await hostOf([plugin]);
    assert.equal(context?.instance, 'mine');
    assert.deepEqual(context?.config, { hours: 3 });
  });

  test('without what it does not require', async () => {
    const greedy = pluginNamed('greedy', async ({ state }) => {
      await state(sampleWorkload());
      return {};
    });
    const [problem = ''] = await problemsOf([greedy]);
    assert.match(
      problem,
      /^PLUGIN_CAPABILITY_UNDECLARED greedy \(setup\): greedy uses `state` without `requires: \['state'\]`/,
    );
  });

  test('and signs what it logs', async () => {
    const { logged } = await hostOf([
      pluginNamed('mine', ({ log }) => {
        log.warn('slow', { for: 3 });
        return {};
      }),
    ]);
    assert.deepEqual(logged, ['warn  slow for=3 plugin=mine']);
  });
});

describe('what is wrong with a plugin has a code and names it:', () => {
  const cases: readonly (readonly [string, unknown, RegExp, unknown?])[] = [
    ['no object', 7, /^PLUGIN_EXPORT_INVALID the default export of plugin "0" is a number$/],
    [
      'another API',
      { ...pluginNamed('x'), apiVersion: 2 },
      /^PLUGIN_API_VERSION .* plugin API 2, and this Belfry speaks 1$/,
    ],
    ['an older API', { ...pluginNamed('x'), apiVersion: 0 }, /^PLUGIN_API_VERSION .* plugin API 0, and this Belfry/],
    ['an API in words', { ...pluginNamed('x'), apiVersion: '1' }, /^PLUGIN_API_VERSION .*"1" and not the number 1$/],
    ['an API that is no integer', { ...pluginNamed('x'), apiVersion: 1.5 }, /^PLUGIN_API_VERSION .* 1\.5 and not/],
    ['no API', { ...pluginNamed('x'), apiVersion: undefined }, /^PLUGIN_API_VERSION .*: it has no `apiVersion`$/],
    [
      'a promise',
      Promise.resolve(pluginNamed('x')),
      /^PLUGIN_EXPORT_INVALID .* is a promise\. Write `export default await/,
    ],
    ['no name', { ...pluginNamed('x'), name: 'My Gate' }, /^PLUGIN_NAME_INVALID .*`name` is not a name in kebab-case/],
    ['no summary', { ...pluginNamed('x'), summary: '' }, /^PLUGIN_SUMMARY_MISSING .*`summary` is not a sentence/],
    ['no setup', { ...pluginNamed('x'), setup: {} }, /^PLUGIN_SETUP_MISSING .*`setup` is not a function/],
    ['a pace of nothing', { ...pluginNamed('x'), pace: { burst: 0 } }, /^PLUGIN_INVALID .*`pace` is not a pair of/],
    [
      'a JSON Schema of a kind',
      { ...pluginNamed('x'), configJsonSchema: [] },
      /^PLUGIN_INVALID .*is not a JSON Schema/,
    ],
    [
      'a schema of its own kind',
      { ...pluginNamed('x'), config: {} },
      /^PLUGIN_SCHEMA_INVALID .*`config` is not a Standard/,
    ],
    [
      'a capability unknown',
      { ...pluginNamed('x'), requires: ['engine'] },
      /^PLUGIN_REQUIRES_INVALID .*`requires` is not a list of state/,
    ],
    [
      'a capability misspelt',
      { ...pluginNamed('x'), requires: ['state', 'exce'] },
      /^PLUGIN_REQUIRES_INVALID .* Did you mean exec\?$/,
    ],
    ['labels that are a list', { ...pluginNamed('x'), labels: [7] }, /^PLUGIN_LABELS_INVALID .*`labels` is not/],
    ['a destination that is no function', { ...pluginNamed('x'), destination: 'x' }, /^PLUGIN_INVALID .*`destination`/],
    [
      'a decision outside of what setup returns',
      { ...pluginNamed('x'), beforeUpdate: () => {} },
      /^PLUGIN_FIELD_UNKNOWN .*beforeUpdate\. It belongs in what `setup` returns\.$/,
    ],
    [
      'an event beside `on`',
      pluginNamed('x', { recreated: () => {} } as Wiring),
      /^PLUGIN_UNKNOWN_KEY x: recreated is an event\. Write `on: \{ recreated: … \}`$/,
    ],
    [
      'a decision in `on`',
      pluginNamed('x', { on: { beforeUpdate: () => {} } } as Wiring),
      /^PLUGIN_UNKNOWN_EVENT x: beforeUpdate is a decision\. Return it beside `on`, not in it$/,
    ],
    [
      'a strange key',
      { ...pluginNamed('x'), sumary: 'x' },
      /^PLUGIN_FIELD_UNKNOWN .*has a field sumary\. Did you mean summary\?$/,
    ],
    ['config it does not take', pluginNamed('x'), /^PLUGIN_CONFIG_UNEXPECTED x takes no config$/, {}],
    ['a setup that throws', pluginNamed('x', () => assert.fail('no')), /^PLUGIN_SETUP_FAILED x \(setup\) failed: no$/],
    [
      'a setup that returns nothing',
      pluginNamed('x', () => null as never),
      /^PLUGIN_WIRING_INVALID x: setup returned null/,
    ],
    [
      'an unknown decision',
      pluginNamed('x', { beforeUpdat: () => {} } as Wiring),
      /^PLUGIN_UNKNOWN_KEY x: .*Did you mean beforeUpdate\?$/,
    ],
    [
      'a setup that returns a function',
      pluginNamed('x', () => (() => {}) as never),
      /setup returned a function instead/,
    ],
    [
      'an unknown decision that is no function either',
      pluginNamed('x', { beforeUpdat: 1 } as never),
      /^PLUGIN_UNKNOWN_KEY x: .*Did you mean beforeUpdate\?$/,
    ],
    [
      'an unknown event',
      pluginNamed('x', { on: { recreate: () => {} } } as Wiring),
      /^PLUGIN_UNKNOWN_EVENT x: .*Did you mean recreated\?$/,
    ],
    [
      'a decision that is no function',
      pluginNamed('x', { checkHealth: true } as never),
      /^PLUGIN_HANDLER_INVALID x: `checkHealth` is not a function$/,
    ],
    [
      'events that are no object',
      pluginNamed('x', { on: 'all' } as never),
      /^PLUGIN_HANDLER_INVALID x: `on` is not an object/,
    ],
  ];
  for (const [name, plugin, problem, config] of cases) {
    test(name, async () => {
      const problems = await problemsOf([plugin], config);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', problem);
    });
  }

  const configured = { ...pluginNamed('x'), config: z.strictObject({ url: z.url(), hours: z.int().optional() }) };
  test('every field of its configuration, with the nearest name', async () => {
    assert.deepEqual(await problemsOf([configured], { url: 'nowhere', hour: 1 }), [
      'PLUGIN_CONFIG_INVALID x: there is no key hour here. Did you mean hours?',
      'PLUGIN_CONFIG_INVALID x: url: expected an address such as https://example.org/path',
    ]);
  });

  test('a field deep in its configuration', async () => {
    const hook = z.strictObject({ command: z.string().optional(), timeout: z.int().optional() });
    const config = z.strictObject({ hooks: z.array(hook).optional(), byName: z.record(z.string(), hook).optional() });
    const given = { hooks: [{ comand: 'x' }], byName: { web: { timeot: 1 } } };
    assert.deepEqual(await problemsOf([{ ...pluginNamed('x'), config }], given), [
      'PLUGIN_CONFIG_INVALID x: byName.web: there is no key timeot here. Did you mean timeout?',
      'PLUGIN_CONFIG_INVALID x: hooks.0: there is no key comand here. Did you mean command?',
    ]);
  });

  test('its configuration and what the engine lacks for it, both at once', async () => {
    const plugin = { ...configured, requires: ['exec'] };
    const problems = await problemsOf([plugin], { url: 'nowhere' }, 'the engine refuses POST /exec');
    assert.deepEqual(problems, [
      'PLUGIN_CAPABILITY_MISSING x requires `exec`, and the engine refuses POST /exec',
      'PLUGIN_CONFIG_INVALID x: url: expected an address such as https://example.org/path',
    ]);
  });

  test('a schema that itself breaks, or answers nonsense', async () => {
    for (const validate of [() => assert.fail('no'), () => undefined, () => ({ issues: 7 })]) {
      const plugin = { ...pluginNamed('x'), config: { '~standard': { version: 1, vendor: 'x', validate } } };
      const [problem = ''] = await problemsOf([plugin], {});
      assert.match(problem, /^PLUGIN_SCHEMA_FAILED x \(config\) failed: /);
    }
  });

  test('what the engine cannot give it', async () => {
    const greedy = { ...pluginNamed('greedy'), requires: ['exec', 'state'] as const };
    await assert.rejects(createTestHost(greedy, { lacking: ['exec'] }), (error: AppErrors) => {
      assert.deepEqual(
        error.errors.map(({ code, message }) => `${code} ${message}`),
        ['PLUGIN_CAPABILITY_MISSING greedy requires `exec`, and the engine refuses it'],
      );
      return true;
    });
  });

  test('two instances of one name', async () => {
    const problems = await problemsOf([pluginNamed('x'), pluginNamed('x')]);
    assert.deepEqual(problems, ['PLUGIN_DUPLICATE two plugin instances are named "x"']);
  });

  test('everything that is wrong with all of them is told at once, and what was set up is disposed of', async () => {
    let disposed = 0;
    const good = pluginNamed('good', { dispose: () => (disposed += 1) });
    const bad = { ...pluginNamed('x'), name: 1, summary: 2 };
    const worse = pluginNamed('worse', { beforeUpdate: 1, chekHealth: () => {} } as never);
    assert.deepEqual(await problemsOf([good, bad, worse]), [
      'PLUGIN_HANDLER_INVALID worse: `beforeUpdate` is not a function',
      'PLUGIN_NAME_INVALID plugin "1": its `name` is not a name in kebab-case',
      'PLUGIN_SUMMARY_MISSING plugin "1": its `summary` is not a sentence',
      'PLUGIN_UNKNOWN_KEY worse: there is no chekHealth. Did you mean checkHealth?',
    ]);
    assert.equal(disposed, 1);
  });

  test('a setup that hangs', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const problems = problemsOf([pluginNamed('x', never)]);
    await runOut((milliseconds) => t.mock.timers.tick(milliseconds));
    assert.deepEqual(await problems, [
      'PLUGIN_SETUP_TIMEOUT x (setup) did not finish within 10 s. It probably waits for something that does not answer: connect where it is first needed, with a time-out',
    ]);
  });
});

describe('a plugin that listens', () => {
  test('hears its events in order, one at a time, and no others', async () => {
    const heard: string[] = [];
    const wiring: Wiring = {
      on: {
        started: async () => {
          heard.push('started begins');
          await turn();
          heard.push('started ends');
        },
        checked: () => heard.push('checked'),
      },
    };
    const { bus, host } = await hostOf([pluginNamed('x', wiring)]);
    await bus.emit(started);
    await bus.emit(found);
    await bus.emit({ ...found, type: 'pulled', to: { ...unknown }, seconds: 1, bytes: 1 });
    await host.settle(1000);
    assert.deepEqual(heard, ['started begins', 'started ends', 'checked']);
  });

  test('never delays the bus or another plugin, even when it hangs', async () => {
    const heard: string[] = [];
    const hangs = pluginNamed('hangs', { on: { started: never } });
    const quick = pluginNamed('quick', { on: { started: ({ id }) => heard.push(id) } });
    const { bus, host } = await hostOf([hangs, quick]);
    const ids = [];
    for (let count = 0; count < 100; count += 1) ids.push((await bus.emit(started)).id);
    await host.settle(20);
    assert.deepEqual(heard, ids);
    await host.dispose();
  });

  test('and throws, rejects or hangs is a fact that names it', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const wirings: readonly Wiring[] = [
      { on: { started: () => assert.fail('a') } },
      { on: { started: () => Promise.reject(new Error('b')) } },
      { on: { started: never } },
    ];
    const { bus, events } = await hostOf(wirings.map((wiring, at) => pluginNamed('abc'[at] ?? '', wiring)));
    await bus.emit(started);
    await runOut((milliseconds) => t.mock.timers.tick(milliseconds));
    const failures = events.flatMap((event) => (event.type === 'failed' ? [event] : []));
    assert.deepEqual(failures.map(({ problem }) => problem.message).toSorted(), [
      'a (on started) failed: a',
      'b (on started) failed: b',
      'c (on started) did not finish within 30 s. It probably waits for something that has no time-out of its own',
    ]);
    for (const { phase, outcome, workload } of failures) {
      assert.deepEqual([phase, outcome, workload], ['plugin', 'unchanged', null]);
    }
  });

  test('and breaks on every failure does not go on for ever', async () => {
    const { bus, host, events } = await hostOf([
      pluginNamed('x', { on: { started: () => assert.fail('a'), failed: () => assert.fail('b') } }),
    ]);
    await bus.emit(started);
    await host.settle(1000);
    assert.equal(events.filter(({ type }) => type === 'failed').length, 1);
  });

  test('cannot change what others hear', async () => {
    const heard: string[] = [];
    const { bus, host } = await hostOf([
      pluginNamed('meddler', { on: { checked: (event) => Object.assign(event.workload, { name: 'x' }) } }),
      pluginNamed('other', { on: { checked: ({ workload }) => heard.push(workload.name) } }),
    ]);
    await bus.emit(found);
    await host.settle(1000);
    assert.deepEqual(heard, ['web']);
  });

  test('and is flooded misses the oldest, which the log says in the end', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let heard = 0;
    const wiring: Wiring = {
      on: {
        started: async () => {
          heard += 1;
          await held;
        },
      },
    };
    const { bus, host, logged } = await hostOf([pluginNamed('slow', wiring)]);
    for (let count = 0; count < 1500; count += 1) await bus.emit(started);
    release();
    await host.settle(5000);
    await host.dispose();
    assert.equal(heard, 1001);
    assert.deepEqual(logged, ['warn  slow was too slow and missed 499 events']);
  });
});

const unknown = {
  reference: 'web:1',
  digest: null,
  imageId: null,
  version: null,
  created: null,
  revision: null,
  source: null,
};

describe('a delivery', () => {
  const signal = new AbortController().signal;
  const deliver = async (wiring: Wiring): Promise<DeliveryAnswer> => {
    const { host, bus } = await hostOf([pluginNamed('ops', wiring)]);
    const event = await bus.emit(started);
    const message: Message = { kind: 'event', event, report: eventReport(event, { id: 'msg_1', now: new Date() }) };
    const [instance] = host.instances;
    assert.ok(instance);
    return host.deliver(instance, message, { id: 'msg_1', attempt: 1, form: 'full', signal });
  };

  test('is answered by the notifier', async () => {
    assert.deepEqual(await deliver({ deliver: () => ({ outcome: 'sent' }) }), { outcome: 'sent' });
  });

  test('that throws or gets no answer is tried again, and says whose fault it is', async () => {
    assert.deepEqual(await deliver({ deliver: () => assert.fail('no') }), {
      outcome: 'retry',
      why: 'ops (deliver) failed: no',
    });
    for (const answer of [undefined, true, 'sent', {}, { outcome: 'done' }]) {
      const { outcome } = await deliver({ deliver: () => answer as never });
      assert.equal(outcome, 'retry');
    }
  });

  test('that hangs is over after half a minute', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const answer = deliver({ deliver: never });
    await runOut((milliseconds) => t.mock.timers.tick(milliseconds));
    assert.deepEqual(await answer, {
      outcome: 'retry',
      why: 'ops (deliver) did not finish within 30 s. It probably waits for something that has no time-out of its own',
    });
  });

  test('to a plugin that is no notifier is never tried again', async () => {
    assert.deepEqual(await deliver({}), { outcome: 'permanent', why: 'ops is no notifier' });
  });
});

describe('the end', () => {
  test('aborts every plugin’s signal and lets each dispose of what it has', async () => {
    let aborted = false;
    let disposed = false;
    const { host } = await hostOf([
      pluginNamed('x', ({ signal }) => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        return { dispose: () => (disposed = true) };
      }),
    ]);
    await host.dispose();
    assert.deepEqual([aborted, disposed], [true, true]);
  });

  test('is not held up by a dispose that throws or hangs', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { host, logged } = await hostOf([
      pluginNamed('a', { dispose: () => assert.fail('no') }),
      pluginNamed('b', { dispose: never }),
    ]);
    const end = host.dispose();
    await runOut((milliseconds) => t.mock.timers.tick(milliseconds));
    await end;
    assert.deepEqual(logged, [
      'warn  a (dispose) failed: no',
      'warn  b (dispose) did not finish within 5 s. It probably waits for the other side of a connection, and is left behind',
    ]);
  });

  test('is the end of all hearing', async () => {
    const heard: string[] = [];
    const { bus, host } = await hostOf([pluginNamed('x', { on: { started: ({ id }) => heard.push(id) } })]);
    await host.dispose();
    await bus.emit(started);
    await host.settle(100);
    assert.deepEqual(heard, []);
  });
});

import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { type CyclePlan, type Decision, decisionNames, decisions, type Plan } from '../core/decisions.ts';
import type { Finished } from '../core/events.ts';
import {
  allow,
  choose,
  defer,
  healthy,
  keep,
  type Plugin,
  remove,
  unhealthy,
  veto,
  type Wiring,
} from '../core/plugin.ts';
import { createVerdicts, type Verdicts } from '../core/verdicts.ts';
import { hostOf, pluginNamed } from './hosting.ts';
import { sampleCleanupCandidate, samplePlan } from './kit/samples.ts';

const plan = samplePlan();
const image = (imageId: string) => sampleCleanupCandidate({ imageId });
const finished: Finished = {
  ...{
    id: 'evt_1',
    type: 'finished',
    time: '',
    host: 'nas',
    cycle: 'c',
    workload: null,
    trigger: 'manual',
    dryRun: false,
  },
  ...{ startedAt: '', seconds: 1, items: [] },
  counts: {
    checked: 0,
    upToDate: 0,
    available: 0,
    recreated: 0,
    restarted: 0,
    skipped: 0,
    failed: 0,
    rolledBack: 0,
    down: 0,
  },
};

const cycle: CyclePlan = { cycle: 'cyc_1', trigger: 'manual', workloads: [] };

/** Plugins named a, b, c … in the order of the configuration. */
async function verdictsOf(...wirings: readonly Wiring[]): Promise<Verdicts> {
  const { host } = await hostOf(wirings.map((wiring, at) => pluginNamed('abc'[at] ?? 'z', wiring)));
  return createVerdicts(() => host.instances);
}

/** What a decision comes to: `onError` where every way of going wrong must lead. */
const consequences: Readonly<Record<Decision, (verdicts: Verdicts) => Promise<unknown>>> = {
  beforeCycle: (verdicts) => verdicts.tell('beforeCycle', () => cycle, { dryRun: false }),
  beforeUpdate: (verdicts) => verdicts.refusal('beforeUpdate', plan),
  beforeReplace: (verdicts) => verdicts.refusal('beforeReplace', plan),
  checkHealth: (verdicts) => verdicts.unhealthy(plan, 60_000),
  afterUpdate: (verdicts) => verdicts.tell('afterUpdate', () => plan, { dryRun: false }),
  afterRollback: (verdicts) => verdicts.tell('afterRollback', () => plan, { dryRun: false }),
  selectCleanup: (verdicts) => verdicts.removable([image('one')]),
  afterCycle: (verdicts) => verdicts.tell('afterCycle', () => ({ finished, workloads: [] }), { dryRun: false }),
};

/** The one shape each kind of error has, with the message it carries. */
const shapes: Readonly<Record<(typeof decisions)[Decision]['onError'], (result: unknown) => string>> = {
  warn: (result) => (result as [{ problem: { message: string } }])[0].problem.message,
  refuse: (result) => {
    const { code, by, reason } = result as { code: string; by: string; reason: string };
    assert.deepEqual([code, by], ['GATE_FAILED', 'a']);
    return reason;
  },
  unhealthy: (result) => (result as [string])[0],
  keep: (result) => {
    const { images, warnings } = result as { images: unknown; warnings: [{ problem: { message: string } }] };
    assert.deepEqual(images, []);
    return warnings[0].problem.message;
  },
};

/** Values that are no verdicts of any decision. */
const circle: { self?: unknown } = {};
circle.self = circle;
const nonsense: readonly unknown[] = [
  ...[true, false, null, 0, 1n, '', 'allow', 'healthy', [], {}, circle, Symbol('allow'), () => allow()],
  ...[{ verdict: true }, { verdict: 'yes' }, { verdict: 'veto' }, { verdict: 'veto', reason: 1 }],
  ...[{ verdict: 'defer', reason: 'x', until: 'tomorrow' }, { verdict: 'unhealthy' }, { verdict: 'remove' }],
  ...[
    { verdict: 'keep', images: 'all' },
    { verdict: 'remove', images: [1] },
    { verdict: 'choose', keep: ['one'] },
  ],
  Object.create(null),
  Promise.resolve(true),
];

/** The likely mistake behind each, at the end of what is told. */
const mistakes: readonly (readonly [what: string, answer: unknown, told: RegExp])[] = [
  ['true', true, /belfry\/plugin: return allow\(\), veto\('why'\) or defer\('why'\)$/],
  ['no', 'no', /: return allow\(\), veto\('why'\) or defer\('why'\)$/],
  ['a verdict that is none', { verdict: 'deny' }, /: return allow\(\), veto\('why'\) or defer\('why'\)$/],
  ['a word', 'veto', /'veto'; expected .+: return veto\('why'\)$/],
  ['another function itself', veto, /It returned a function: call it, as in veto\('why'\)$/],
  ['an empty reason', veto(' '), /Give it a reason, as in veto\('why'\)$/],
  ['null', null, /No opinion is `undefined`, not null$/],
  ['the function itself', allow, /It returned a function: call it, as in allow\(\)$/],
  ['the verdict of a health check', healthy(), /'healthy' .+ expected allow, veto, defer, undefined\. /],
  ['no reason', { verdict: 'veto' }, /Give it a reason, as in veto\('why'\)$/],
  ['a Date in its place', { verdict: 'defer', reason: 'x', until: new Date() }, /`until` as ISO 8601 text/],
  ['a date that is none', { verdict: 'defer', reason: 'x', until: 'soon' }, /Its `until` is no date/],
];

for (const decision of decisionNames) {
  describe(`an error in ${decision} counts as ${decisions[decision].onError}, and names instance and decision:`, () => {
    const shape = shapes[decisions[decision].onError];
    const messageOf = async (answer: (...given: never[]) => unknown) =>
      shape(await consequences[decision](await verdictsOf({ [decision]: answer })));
    const who = `a (${decision})`;

    test('a throw', async () => {
      const message = await messageOf(() => {
        throw new Error('broken');
      });
      assert.equal(message, `${who} failed: broken`);
    });

    test('a rejection', async () => {
      assert.equal(await messageOf(() => Promise.reject(new Error('broken'))), `${who} failed: broken`);
    });

    test('silence', async (t) => {
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const message = messageOf(() => new Promise(() => {}));
      for (let passed = 0; passed < 20; passed += 1) await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      t.mock.timers.tick(10 * 60_000);
      assert.match(
        await message,
        new RegExp(`^${who.replace(/[()]/g, '\\$&')} did not finish within \\d+ s\\. It probably waits`),
      );
    });

    if (decisions[decision].verdicts.length === 0) return;
    test('an answer that is no verdict', async () => {
      for (const value of nonsense) {
        const message = await messageOf(() => value);
        assert.ok(message.startsWith(`${who}: it answered `), message);
        assert.ok(message.length < 500, message);
      }
    });

    test('an answer that breaks when it is read', async () => {
      const trap = {
        get verdict() {
          throw new Error('trap');
        },
      };
      assert.equal(await messageOf(() => trap), `${who} failed: trap`);
    });
  });
}

describe('a gate that answers', () => {
  for (const [what, answer, told] of mistakes) {
    test(`${what} is told its likely mistake`, async () => {
      const verdicts = await verdictsOf({ beforeUpdate: () => answer as never });
      const refusal = await verdicts.refusal('beforeUpdate', plan);
      assert.equal(refusal?.code, 'GATE_FAILED');
      assert.match(refusal.reason, told);
    });
  }
});

describe('a gate', () => {
  const refusal = async (...wirings: readonly Wiring[]) => (await verdictsOf(...wirings)).refusal('beforeUpdate', plan);

  test('without an opinion, or that allows, lets the update pass', async () => {
    assert.equal(
      await refusal({ beforeUpdate: () => undefined }, { beforeUpdate: async () => allow() }, {}),
      undefined,
    );
  });

  test('that refuses ends the asking, and is named', async () => {
    const asked: string[] = [];
    const gate = (name: string, verdict: ReturnType<typeof veto> | undefined): Wiring => ({
      beforeUpdate: () => {
        asked.push(name);
        return verdict;
      },
    });
    assert.deepEqual(await refusal(gate('a', undefined), gate('b', veto('no')), gate('c', veto('never'))), {
      by: 'b',
      code: 'GATE_REFUSED',
      reason: 'no',
    });
    assert.deepEqual(asked, ['a', 'b']);
  });

  test('that defers says until when, where it knows', async () => {
    const until = new Date('2026-08-22T12:00:00Z');
    const said = await refusal({ beforeUpdate: () => defer('at night', until) });
    assert.deepEqual(said, { by: 'a', code: 'GATE_REFUSED', reason: 'at night', until: until.toISOString() });
  });

  test('is asked in a dry run only where it may have no effect', async () => {
    const verdicts = await verdictsOf({ beforeUpdate: () => veto('a'), beforeReplace: () => veto('b') });
    const dry = samplePlan({ dryRun: true });
    assert.equal((await verdicts.refusal('beforeUpdate', dry))?.reason, 'a');
    assert.equal(await verdicts.refusal('beforeReplace', dry), undefined);
  });

  test('cannot change the plan, neither for the core nor for the next gate', async () => {
    const meddler: Wiring = {
      beforeUpdate: (given) => {
        Object.assign(given.workload, { name: 'db' });
        return allow();
      },
    };
    const said = await refusal(meddler);
    assert.equal(said?.code, 'GATE_FAILED');
    assert.match(
      said?.reason ?? '',
      /^a \(beforeUpdate\) failed: Cannot assign .*is frozen: copy it before changing it$/,
    );
    assert.equal(plan.workload.name, 'web');
  });

  test('cannot change its answer afterwards', async () => {
    const answer = { verdict: 'veto' as const, reason: 'no' };
    const said = await refusal({ beforeUpdate: () => answer });
    answer.reason = 'changed';
    assert.equal(said?.reason, 'no');
  });
});

describe('patience', () => {
  const minutes = (count: number) => count * 60_000;
  /** After how many minutes a plugin is cut off that never answers. */
  const lastsFor = async (decision: 'beforeUpdate' | 'beforeReplace', patience: Plugin['patience'] & {}) => {
    const timers = mockTimers();
    try {
      const { host } = await hostOf([{ ...pluginNamed('a', { [decision]: () => new Promise(() => {}) }), patience }]);
      let minute = 0;
      let said: string | undefined;
      const asked = createVerdicts(() => host.instances).refusal(decision, plan);
      void asked.then((refused) => {
        said = refused?.reason;
      });
      await settled();
      for (; said === undefined && minute < 1000; minute += 1) {
        timers.tick(minutes(1));
        await settled();
      }
      return minute;
    } finally {
      timers.reset();
    }
  };

  test('is what a plugin asks for its plan, where that is more than anybody gets', async () => {
    const asked: unknown[] = [];
    const wants = (count: number) => (_: unknown, given: Plan) => {
      asked.push(given.workload.name);
      return minutes(count);
    };
    assert.equal(await lastsFor('beforeReplace', wants(20)), 20);
    assert.equal(await lastsFor('beforeReplace', wants(1)), 5);
    assert.deepEqual(asked, ['web', 'web']);
  });

  test('has an end, and none where the table has no room for it', async () => {
    assert.equal(await lastsFor('beforeReplace', () => Number.POSITIVE_INFINITY), 360);
    assert.equal(await lastsFor('beforeUpdate', () => minutes(20)), 1);
  });

  test('is that of anybody where the plugin breaks or says nonsense', async () => {
    assert.equal(await lastsFor('beforeReplace', () => Number.NaN), 5);
    const breaks = () => {
      throw new Error('broken');
    };
    assert.equal(await lastsFor('beforeReplace', breaks), 5);
  });

  test('ends at once when nobody waits any more', async () => {
    const verdicts = await verdictsOf({ beforeReplace: () => new Promise(() => {}) });
    const abort = new AbortController();
    const asked = verdicts.refusal('beforeReplace', plan, abort.signal);
    abort.abort();
    assert.match((await asked)?.reason ?? '', /was stopped$/);
  });
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

function mockTimers() {
  mock.timers.enable({ apis: ['setTimeout'] });
  return mock.timers;
}

describe('health checks', () => {
  const reasons = async (...wirings: readonly Wiring[]) => (await verdictsOf(...wirings)).unhealthy(plan, 60_000);

  test('must be unanimous', async () => {
    assert.deepEqual(await reasons({ checkHealth: () => healthy() }, { checkHealth: () => undefined }, {}), []);
    const said = await reasons({ checkHealth: () => healthy() }, { checkHealth: () => unhealthy('500') });
    assert.deepEqual(said, ['500']);
  });

  test('are asked all at once', async () => {
    let release = () => {};
    const second = new Promise<void>((resolve) => {
      release = resolve;
    });
    const waits: Wiring = {
      checkHealth: async () => {
        await second;
        return healthy();
      },
    };
    const frees: Wiring = {
      checkHealth: () => {
        release();
        return healthy();
      },
    };
    assert.deepEqual(await reasons(waits, frees), []);
  });

  test('are waited for no longer once one of them has said no', async () => {
    let stopped = false;
    const waits: Wiring = {
      checkHealth: (_, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            stopped = true;
            resolve(healthy());
          });
        }),
    };
    assert.deepEqual(await reasons(waits, { checkHealth: async () => unhealthy('it exited') }), ['it exited']);
    assert.equal(stopped, true);
    const both = await reasons({ checkHealth: () => unhealthy('500') }, { checkHealth: () => unhealthy('it exited') });
    assert.deepEqual(both, ['500', 'it exited']);
  });

  for (const [title, patience, seconds] of [
    ['have as long as they say, where that is longer', () => 90_000, 90],
    ['have the usual time where they say less', () => 5, 60],
    ['have two hours at most', () => 1e12, 7200],
    ['have the usual time where what they say is none', () => Number.NaN, 60],
    [
      'have the usual time where they break as they are asked for it',
      () => {
        throw new Error('broken');
      },
      60,
    ],
  ] as const) {
    test(title, async (t) => {
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const plugin = { ...pluginNamed('slow', { checkHealth: () => new Promise(() => {}) }), patience };
      const { host } = await hostOf([plugin]);
      const said = createVerdicts(() => host.instances).unhealthy(plan, 60_000);
      await new Promise((resolve) => setImmediate(resolve));
      t.mock.timers.tick(8_000_000);
      const [reason, ...others] = await said;
      assert.deepEqual(others, []);
      assert.match(reason ?? '', new RegExp(`^slow \\(checkHealth\\) did not finish within ${seconds} s\\.`));
    });
  }
});

describe('plugins that are loaded only for some labels', () => {
  test('are called for before a gate or a health check is asked', async () => {
    const woken: unknown[] = [];
    const verdicts = createVerdicts(
      () => [],
      async (labels) => void woken.push(labels),
    );
    const labelled = samplePlan({ labels: { a: '1' } });
    await verdicts.refusal('beforeUpdate', labelled);
    await verdicts.unhealthy(labelled, 1);
    assert.deepEqual(woken, [{ a: '1' }, { a: '1' }]);
  });

  test('that cannot be loaded let no update begin, and do not pass as healthy', async () => {
    const verdicts = createVerdicts(
      () => [],
      () => Promise.reject(new Error('the engine refuses it')),
    );
    assert.deepEqual(await verdicts.refusal('beforeUpdate', plan), {
      by: 'core',
      code: 'GATE_FAILED',
      reason: 'the engine refuses it',
    });
    assert.deepEqual(await verdicts.unhealthy(plan, 1), ['the engine refuses it']);
  });
});

describe('cleanup policies', () => {
  const removed = async (...wirings: readonly Wiring[]) =>
    (await (await verdictsOf(...wirings)).removable([image('one'), image('two')])).images;

  test('propose; what one of them keeps stays', async () => {
    const [all, mine] = [remove(['one', 'two']), keep(['one'])];
    assert.deepEqual(await removed({ selectCleanup: () => all }, { selectCleanup: () => mine }), ['two']);
    assert.deepEqual(await removed({ selectCleanup: () => mine }, { selectCleanup: () => all }), ['two']);
  });

  test('may keep some and propose others in one word', async () => {
    const first = choose({ keep: ['one'], remove: ['two'] });
    assert.deepEqual(await removed({ selectCleanup: () => first }), ['two']);
    assert.deepEqual(await removed({ selectCleanup: () => first }, { selectCleanup: () => remove(['one']) }), ['two']);
    assert.deepEqual(await removed({ selectCleanup: () => first }, { selectCleanup: () => keep(['two']) }), []);
    const contradiction = choose({ keep: ['one', 'two'], remove: ['one', 'two'] });
    assert.deepEqual(await removed({ selectCleanup: () => contradiction }), []);
  });

  test('can remove nothing that was not offered', async () => {
    assert.deepEqual(await removed({ selectCleanup: () => remove(['two', 'foreign']) }), ['two']);
  });

  test('that break keep everything, whatever others propose', async () => {
    const broken: Wiring = { selectCleanup: () => Promise.reject(new Error('broken')) };
    assert.deepEqual(await removed({ selectCleanup: () => remove(['one']) }, broken), []);
  });
});

describe('those who are told', () => {
  test('are told in turn, all of them, and what they answer is nothing', async () => {
    const told: string[] = [];
    const one = (name: string, fails: boolean): Wiring => ({
      afterUpdate: async () => {
        told.push(name);
        if (fails) throw new Error(name);
        return true as never;
      },
    });
    const verdicts = await verdictsOf(one('a', true), one('b', false), one('c', true));
    const warnings = await verdicts.tell('afterUpdate', () => plan, { dryRun: false });
    assert.deepEqual(told, ['a', 'b', 'c']);
    assert.deepEqual(
      warnings.map(({ by }) => by),
      ['a', 'c'],
    );
  });

  test('are not told of a dry run', async () => {
    const verdicts = await verdictsOf({ beforeCycle: () => assert.fail('told') });
    assert.deepEqual(await verdicts.tell('beforeCycle', () => cycle, { dryRun: true }), []);
  });
});

import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Fact } from '../../core/events.ts';
import { eventReport } from '../../core/notifier/build-report.ts';
import type { Message, PluginContext, Wiring } from '../../core/plugin.ts';
import { allow, healthy, remove } from '../../core/plugin.ts';
import { createVerdicts } from '../../core/verdicts.ts';
import { type Hosted, hostOf, pluginNamed } from '../hosting.ts';
import { sampleCleanupCandidate, samplePlan, sampleWorkload } from '../kit/samples.ts';

/** Foreign code, whatever it is given. */
type Misdeed = (given: object) => unknown;

/** A kind of plugin: where its code stands, and how Belfry comes to call it and what it hears of that. */
interface Kind {
  readonly hook: string;
  readonly wiring: (code: Misdeed) => Wiring;
  /** What a well-behaved one answers. */
  readonly answers: unknown;
  /** What became of it, in words; empty where all is well. */
  readonly call: (hosted: Hosted) => Promise<string>;
}

const started: Fact = { type: 'started', cycle: 'c', workload: null, trigger: 'manual', dryRun: false };
const images = [sampleCleanupCandidate({ imageId: 'one' })];
const verdicts = ({ host }: Hosted) => createVerdicts(() => host.instances);

const kinds: Readonly<Record<string, Kind>> = {
  'a gate': {
    hook: 'beforeUpdate',
    wiring: (code) => ({ beforeUpdate: code as never }),
    answers: allow(),
    call: async (hosted) => (await verdicts(hosted).refusal('beforeUpdate', samplePlan()))?.reason ?? '',
  },
  'a gate before the replacement': {
    hook: 'beforeReplace',
    wiring: (code) => ({ beforeReplace: code as never }),
    answers: allow(),
    call: async (hosted) => (await verdicts(hosted).refusal('beforeReplace', samplePlan()))?.reason ?? '',
  },
  'a hook': {
    hook: 'afterUpdate',
    wiring: (code) => ({ afterUpdate: code as never }),
    answers: undefined,
    call: async (hosted) => {
      const warnings = await verdicts(hosted).tell('afterUpdate', () => samplePlan(), { dryRun: false });
      return warnings.map(({ problem }) => problem.message).join('\n');
    },
  },
  'a health check': {
    hook: 'checkHealth',
    wiring: (code) => ({ checkHealth: code as never }),
    answers: healthy(),
    call: async (hosted) => (await verdicts(hosted).unhealthy(samplePlan(), 60_000)).join('\n'),
  },
  'a cleanup policy': {
    hook: 'selectCleanup',
    wiring: (code) => ({ selectCleanup: code as never }),
    answers: remove(['one']),
    call: async (hosted) => {
      const { images: gone, warnings } = await verdicts(hosted).removable(images);
      assert.deepEqual(gone, warnings.length === 0 ? ['one'] : [], 'an error keeps everything');
      return warnings.map(({ problem }) => problem.message).join('\n');
    },
  },
  'a listener': {
    hook: 'on started',
    wiring: (code) => ({ on: { started: code } }),
    answers: undefined,
    call: async ({ bus, host, events }) => {
      await bus.emit(started);
      await host.settle(120_000);
      return events.flatMap((event) => (event.type === 'failed' ? event.problem.message : [])).join('\n');
    },
  },
  'a notifier': {
    hook: 'deliver',
    wiring: (code) => ({ deliver: code as never }),
    answers: { outcome: 'sent' },
    call: async ({ bus, host }) => {
      const event = await bus.emit(started);
      const report = eventReport(event, { id: 'msg_1', now: new Date(event.time) });
      const message: Message = { kind: report.kind, report, event };
      const signal = new AbortController().signal;
      const context = { id: 'msg_1', attempt: 1, form: 'full', signal } as const;
      const answers = await Promise.all(host.instances.map((one) => host.deliver(one, message, context)));
      return answers
        .flatMap((answer) => (answer.outcome === 'sent' ? [] : 'why' in answer ? answer.why : []))
        .join('\n');
    },
  },
};

const never = () => new Promise(() => {});
const slow = '. It probably waits for something that has no time-out of its own';
const noError = '. Throw an Error, which also says where it comes from';
const frozen = '. What a plugin is given is frozen: copy it before changing it';

/** What each does, and what is told of it behind the name and the hook. */
const misdeeds: Readonly<Record<string, readonly [code: Misdeed, told: RegExp]>> = {
  throws: [() => assert.fail('broken'), /^ failed: broken$/],
  rejects: [() => Promise.reject(new Error('broken')), /^ failed: broken$/],
  'throws no error but a text': [
    () => {
      throw 'broken';
    },
    new RegExp(`^ failed: broken${noError}$`),
  ],
  'throws a verdict': [
    () => {
      throw { verdict: 'veto', reason: 'no' };
    },
    /^ failed: .+veto.+\. A verdict is returned, not thrown$/,
  ],
  'throws an error of another kind': [() => AbortSignal.abort().throwIfAborted(), /^ failed: [^.]+aborted$/],
  'rejects with nothing at all': [() => Promise.reject(), new RegExp(`^ failed: undefined${noError}$`)],
  'throws an error that breaks when it is read': [
    () => {
      throw Object.defineProperty(new Error('x'), 'message', { get: () => assert.fail('trap') });
    },
    /^ failed: it threw something that breaks when it is looked at$/,
  ],
  hangs: [never, new RegExp(`^ did not finish within \\d+ s${slow}$`)],
  'makes a date of nothing': [
    () => new Date(Number.NaN).toISOString(),
    /^ failed: Invalid time value\. It makes a date/,
  ],
  'changes what it was given': [
    (given) => Object.assign(given, { cycle: 'mine' }),
    new RegExp(`^ failed: Cannot a.+${frozen}$`),
  ],
  'changes what it was given, deep inside': [
    (given) => {
      const [inner] = Object.values(given).filter((value) => typeof value === 'object' && value !== null);
      Object.assign(inner ?? given, { name: 'mine' });
    },
    new RegExp(`^ failed: Cannot a.+${frozen}$`),
  ],
};

for (const [kind, { hook, wiring, answers, call }] of Object.entries(kinds)) {
  describe(`${kind} that misbehaves`, () => {
    for (const [does, [code, told]] of Object.entries(misdeeds)) {
      test(`${does} is named with its hook and the likely mistake, and its neighbour still works`, async (t) => {
        const neighbour = heeding(answers);
        const hosted = await hostOf([pluginNamed('bad', wiring(code)), pluginNamed('good', wiring(neighbour.code))]);
        const message = await runningOut(t, () => call(hosted));
        assert.ok(message.startsWith(`bad (${hook})`), message);
        assert.match(message.slice(`bad (${hook})`.length), told);
        // The first refusal ends the asking.
        assert.equal(neighbour.calls(), kind.startsWith('a gate') ? 0 : 1);

        const [bad, good] = hosted.host.states();
        assert.deepEqual([bad?.failures, bad?.lastFailure?.message], [1, message]);
        assert.deepEqual([good?.failures, good?.lastFailure], [0, null]);
      });
    }

    test('that answers after its deadline is not heard any more', async (t) => {
      let answer: (value: unknown) => void = () => {};
      let fail: (error: Error) => void = () => {};
      const late = (): Promise<unknown> =>
        new Promise((resolve, reject) => {
          [answer, fail] = [resolve, reject];
        });
      for (const end of [() => answer(answers), () => fail(new Error('late'))]) {
        const hosted = await hostOf([pluginNamed('bad', wiring(late))]);
        const message = await runningOut(t, () => call(hosted));
        end();
        await turn();
        assert.match(message, /did not finish/);
        assert.equal(hosted.host.states()[0]?.failures, 1);
      }
    });

    test('that uses what it lacks, or what it has lost, is told so', async () => {
      let context: PluginContext<unknown> | undefined;
      const greedy = pluginNamed('bad', (given) => {
        context = given;
        return wiring(async () => {
          await given.exec(sampleWorkload(), { argv: ['true'] });
          return answers;
        });
      });
      const hosted = await hostOf([greedy]);
      assert.equal(await call(hosted), `bad (${hook}): bad uses \`exec\` without \`requires: ['exec']\``);
      await hosted.host.dispose();
      await assert.rejects(async () => context?.http({ method: 'GET', url: 'http://x' }), {
        code: 'PLUGIN_DISPOSED',
        message: 'bad uses `http` after it was disposed of',
      });
    });
  });
}

/** Good code that counts how often it was called. */
function heeding(answers: unknown) {
  let calls = 0;
  const code = () => {
    calls += 1;
    return answers;
  };
  return { code, calls: () => calls };
}

/** Lets every deadline pass once the work waits for nothing else. */
async function runningOut<Result>(t: TestContext, work: () => Promise<Result>): Promise<Result> {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const done = work();
    for (let passed = 0; passed < 5; passed += 1) {
      for (let turns = 0; turns < 10; turns += 1) await turn();
      t.mock.timers.tick(300_000);
    }
    return await done;
  } finally {
    t.mock.timers.reset();
  }
}

describe('what an instance leaves running', () => {
  test('ends with it where it sleeps by its context', async () => {
    let ended = false;
    const loops = pluginNamed('x', ({ sleep, signal }) => {
      void (async () => {
        for (;;) await sleep(1000, new AbortController().signal);
      })().catch(() => {
        ended = true;
      });
      return { dispose: () => assert.ok(signal.aborted) };
    });
    const { host } = await hostOf([loops]);
    await host.dispose();
    await turn();
    assert.ok(ended);
  });

  test('may use its context until its dispose has ended', async () => {
    const flushes = pluginNamed('x', ({ sleep, log }) => ({
      dispose: async () => {
        await sleep(10);
        log.info('flushed');
      },
    }));
    const { host, logged } = await hostOf([flushes]);
    await host.dispose();
    assert.deepEqual(logged, ['info  flushed plugin=x']);
  });
});

describe('a log that is flooded', () => {
  test('has the first hundred lines of a minute on each level, and says how many were left out', async () => {
    const floods = pluginNamed('x', ({ log }) => {
      for (let line = 0; line < 1000; line += 1) log.warn(`line ${line}`);
      log.error('and something bad');
      return {};
    });
    const { host, logged } = await hostOf([floods]);
    assert.equal(logged.length, 101);
    assert.equal(logged.at(-1), 'error and something bad plugin=x');
    await host.dispose();
    assert.equal(logged.at(-1), 'warn  x logs too much: 900 lines were left out');
  });

  test('has no line without an end', async () => {
    const floods = pluginNamed('x', ({ log }) => {
      log.warn('x'.repeat(1_000_000), { more: 'y'.repeat(1_000_000) });
      return {};
    });
    const { logged } = await hostOf([floods]);
    assert.ok((logged[0]?.length ?? 0) < 10_000);
  });
});

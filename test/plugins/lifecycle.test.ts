import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CyclePlan, ExecCommand, ExecResult, Finished } from 'belfry/plugin';
import { createTestHost, samplePlan, sampleState, sampleWorkload, type TestHostOptions } from 'belfry/testing';
import lifecycle from '../../plugins/lifecycle/index.ts';

const watchtower = 'com.centurylinklabs.watchtower.lifecycle.';
const done: ExecResult = { exitCode: 0, output: '' };

interface Ran extends ExecCommand {
  readonly workload: string;
}

/** A host whose containers run what they are told to, each with what is given for its command. */
async function hostWith(answers: Readonly<Record<string, ExecResult | Error>> = {}, options: TestHostOptions = {}) {
  const ran: Ran[] = [];
  const host = await createTestHost(lifecycle, {
    state: () => sampleState(),
    exec: (workload, command) => {
      ran.push({ ...command, workload: workload.name });
      const answer = answers[command.argv[2] ?? ''] ?? done;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    ...options,
  });
  return { host, ran };
}

const finished: Finished = {
  ...({ id: 'evt_1', type: 'finished', time: '2026-01-01T00:00:00.000Z', cycle: 'cyc_1', host: 'nas' } as const),
  ...{ workload: null, trigger: 'schedule', dryRun: false, startedAt: '2026-01-01T00:00:00.000Z', seconds: 1 },
  counts: {
    ...{ checked: 0, upToDate: 0, available: 0, recreated: 0, restarted: 0, skipped: 0, failed: 0 },
    ...{ rolledBack: 0, down: 0 },
  },
  items: [],
};

const labelled = (labels: Readonly<Record<string, string>>) => samplePlan({ labels });
const ofEngine = (code: string) => Object.assign(new Error(`the engine says ${code}`), { code });

describe('before a container is replaced, its pre-update command', () => {
  const plan = labelled({ 'belfry.lifecycle.pre-update': 'backup' });
  const verdictOn = async (answer: ExecResult | Error) =>
    (await hostWith({ backup: answer })).host.ask('beforeReplace', plan);

  test('runs in it with a shell, and for a minute at most', async () => {
    const { host, ran } = await hostWith();
    assert.equal(await host.ask('beforeReplace', plan), undefined);
    const [{ workload, argv, user, timeout } = assert.fail()] = ran;
    assert.deepEqual([workload, argv, user, timeout], ['web', ['sh', '-c', 'backup'], undefined, 60_000]);
  });

  test('lets the update wait with exit code 75, and refuses it with any other', async () => {
    assert.deepEqual(await verdictOn({ exitCode: 75, output: 'players\nare on\n' }), {
      verdict: 'defer',
      reason: 'its pre-update command says not now: are on',
    });
    assert.deepEqual(await verdictOn({ exitCode: 1, output: '' }), {
      verdict: 'veto',
      reason: 'its pre-update command ended with exit code 1',
    });
    assert.deepEqual(await verdictOn({ exitCode: 126, output: 'exec: "sh": not found\r\n' }), {
      verdict: 'veto',
      reason: 'its pre-update command ended with exit code 126: exec: "sh": not found',
    });
  });

  test('that takes too long refuses the update', async () => {
    const verdict = await verdictOn(ofEngine('ENGINE_TIMEOUT'));
    const reason = 'its pre-update command did not end within 1 min, and may still run';
    assert.deepEqual(verdict, { verdict: 'veto', reason });
  });

  test('that cannot be asked for is an error, and so a refusal', async () => {
    await assert.rejects(verdictOn(ofEngine('ENGINE_CONFLICT')), /the engine says ENGINE_CONFLICT/);
  });

  test('is not run where the container does not run, restarts or names none', async () => {
    for (const state of [{ running: false }, { restarting: true }]) {
      const { host, ran } = await hostWith({}, { state: () => sampleState(state) });
      assert.equal(await host.ask('beforeReplace', plan), undefined);
      assert.deepEqual(ran, []);
    }
    for (const labels of [{}, { 'belfry.lifecycle.pre-update': ' ' }, { 'belfry.lifecycle.post-update': 'x' }]) {
      const { host, ran } = await hostWith();
      assert.equal(await host.ask('beforeReplace', labelled(labels)), undefined);
      assert.deepEqual(ran, []);
    }
  });

  test('says what it said in the log, the end of it', async () => {
    const { host } = await hostWith({ backup: { exitCode: 0, output: `${'x'.repeat(3000)} saved` } });
    await host.ask('beforeReplace', plan);
    assert.equal(host.logged.length, 1);
    assert.match(
      host.logged[0] ?? '',
      /^info {2}the pre-update command of web ended with exit code 0 output="x+ saved"/,
    );
    assert.ok((host.logged[0] ?? '').length < 2200);
  });
});

describe('once a container is replaced, its post-update command', () => {
  const workload = sampleWorkload({ id: 'new' });
  const plan = samplePlan({ workload, labels: { [`${watchtower}post-update`]: 'warm-up' } });

  test('runs in the new one', async () => {
    const ids: string[] = [];
    const { host } = await hostWith(
      {},
      {
        exec: ({ id }, { argv }) => {
          ids.push(`${id} ${argv.join(' ')}`);
          return done;
        },
      },
    );
    await host.ask('afterUpdate', plan);
    assert.deepEqual(ids, ['new sh -c warm-up']);
  });

  test('is not run where that was never started', async () => {
    const { host, ran } = await hostWith({}, { state: () => sampleState({ running: false }) });
    await host.ask('afterUpdate', plan);
    assert.deepEqual(ran, []);
  });

  test('that fails is told of, with its last words', async () => {
    const { host } = await hostWith({ 'warm-up': { exitCode: 3, output: 'no cache' } });
    const failed = /the post-update command of web ended with exit code 3: no cache$/;
    await assert.rejects(host.ask('afterUpdate', plan), failed);
  });
});

describe('around a cycle, the check commands', () => {
  const workloadNamed = (name: string, labels: Readonly<Record<string, string>>, running = true) => ({
    workload: sampleWorkload({ name }),
    labels,
    running,
  });
  const cycle: CyclePlan = {
    cycle: 'cyc_1',
    trigger: 'schedule',
    workloads: [
      workloadNamed('a', { 'belfry.lifecycle.pre-check': 'look', 'belfry.lifecycle.post-check': 'tidy' }),
      workloadNamed('b', { [`${watchtower}pre-check`]: 'fail' }),
      workloadNamed('c', { [`${watchtower}pre-check`]: 'break' }),
      workloadNamed('d', { [`${watchtower}pre-check`]: 'look' }, false),
      workloadNamed('e', {}),
      workloadNamed('f', { [`${watchtower}pre-check`]: 'look' }),
    ],
  };

  test('run in every container that runs and names one, whatever becomes of those of others', async () => {
    const { host, ran } = await hostWith({ fail: { exitCode: 1, output: 'no' }, break: ofEngine('ENGINE_CONFLICT') });
    await host.ask('beforeCycle', cycle);
    assert.deepEqual(ran.map(({ workload, argv }) => `${workload} ${argv[2]}`).toSorted(), [
      'a look',
      'b fail',
      'c break',
      'f look',
    ]);
    assert.deepEqual(host.logged.filter((line) => line.startsWith('warn')).toSorted(), [
      'warn  the pre-check command of b ended with exit code 1: no plugin=lifecycle',
      'warn  the pre-check command of c could not be run: the engine says ENGINE_CONFLICT plugin=lifecycle',
    ]);
  });

  test('come after it as well', async () => {
    const { host, ran } = await hostWith();
    await host.ask('afterCycle', { finished, workloads: cycle.workloads });
    assert.deepEqual(
      ran.map(({ workload, argv }) => `${workload} ${argv[2]}`),
      ['a tidy'],
    );
  });
});

describe('the labels', () => {
  const commandFor = async (labels: Readonly<Record<string, string>>, config: object = {}) => {
    const { host, ran } = await hostWith({}, { config });
    const verdict = await host.ask('beforeReplace', labelled({ [`${watchtower}pre-update`]: 'run', ...labels }));
    return { verdict, command: ran[0] };
  };

  test('go by both prefixes, and Belfry’s own wins', async () => {
    const { command } = await commandFor({ 'belfry.lifecycle.pre-update': 'own' });
    assert.equal(command?.argv[2], 'own');
  });

  test('say how many minutes a command may take', async () => {
    const timeoutOf = async (text: string) =>
      (await commandFor({ [`${watchtower}pre-update-timeout`]: text })).command?.timeout;
    assert.equal(await timeoutOf('20'), 20 * 60_000);
    assert.equal(await timeoutOf('soon'), 60_000);
    assert.ok(((await timeoutOf('0')) ?? 0) > 6 * 3_600_000);
  });

  test('have Belfry wait as long', () => {
    const patience = (labels: Readonly<Record<string, string>>) =>
      lifecycle.patience?.({ uid: 0, gid: 0 }, labelled(labels)) ?? 0;
    assert.equal(patience({}), 2 * 60_000);
    assert.equal(patience({ [`${watchtower}pre-update-timeout`]: '20' }), 21 * 60_000);
    assert.equal(patience({ 'belfry.lifecycle.post-update-timeout': '30' }), 31 * 60_000);
    assert.ok(patience({ [`${watchtower}pre-update-timeout`]: '0' }) > 6 * 3_600_000);
  });

  test('and the configuration say who runs it; 0 is the container’s own user', async () => {
    const userFor = async (labels: Readonly<Record<string, string>>, config?: object) =>
      (await commandFor(labels, config)).command?.user;
    assert.equal(await userFor({}, { uid: 1000 }), '1000');
    assert.equal(await userFor({}, { uid: 1000, gid: 1001 }), '1000:1001');
    assert.equal(await userFor({ 'belfry.lifecycle.uid': '7', [`${watchtower}gid`]: '8' }, { uid: 1000 }), '7:8');
    assert.equal(await userFor({ 'belfry.lifecycle.uid': '0' }, { uid: 1000 }), undefined);
  });

  test('make no root of a group without a user', async () => {
    const { host, ran } = await hostWith({}, { config: { gid: 8 } });
    await host.ask('beforeReplace', labelled({ 'belfry.lifecycle.pre-update': 'run' }));
    assert.equal(ran[0]?.user, undefined);
    assert.match(host.logged[0] ?? '', /^warn {2}the pre-update command of web has a group without a user/);
  });

  test('that name no user keep the command from running as another one', async () => {
    for (const text of ['root', '-1', '4294967296', '1e3']) {
      const { verdict, command } = await commandFor({ [`${watchtower}uid`]: text });
      assert.deepEqual(verdict, {
        verdict: 'veto',
        reason: `its pre-update command is not run: its label lifecycle.uid=${text} is not an id`,
      });
      assert.equal(command, undefined);
    }
  });

  test('are told to the command as Watchtower tells them', async () => {
    const labels = { [`${watchtower}pre-update`]: 'run', 'com.centurylinklabs.watchtower.stop-signal': 'SIGINT' };
    const { command } = await commandFor({ ...labels, 'org.example': 'not this one' });
    const { id, image } = sampleWorkload();
    assert.deepEqual(JSON.parse(command?.env?.WT_CONTAINER ?? ''), {
      name: 'web',
      id,
      image_name: image,
      stop_signal: 'SIGINT',
      labels,
    });
  });
});

test('ids that are none are refused in the configuration', async () => {
  await assert.rejects(hostWith({}, { config: { uid: -1 } }), /PLUGIN_CONFIG_INVALID: lifecycle: uid/);
  await assert.rejects(hostWith({}, { config: { user: 1 } }), /user/);
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ExecCommand, ExecResult } from 'belfry/plugin';
import { createFakeClock, createTestHost, samplePlan, testPlugin } from 'belfry/testing';
import healthExec from '../../plugins/health-exec/index.ts';

interface Arranged {
  readonly config?: object;
  readonly label?: string;
  /** What a run that begins after so many milliseconds comes to. */
  readonly results?: Readonly<Record<number, ExecResult | Error>>;
}

async function verdictOn({ config, label, results = { 0: { exitCode: 0, output: '' } } }: Arranged) {
  const clock = createFakeClock();
  const began = clock.now();
  const commands: ExecCommand[] = [];
  const host = await createTestHost(healthExec, {
    clock,
    config,
    exec: (_, command) => {
      commands.push(command);
      const result = Object.entries(results).findLast(([from]) => clock.now() - began >= Number(from))?.[1];
      if (result === undefined || result instanceof Error) throw result ?? new Error('too early');
      return result;
    },
  });
  const plan = samplePlan({ labels: label === undefined ? {} : { 'belfry.health.exec': label } });
  const verdict = await host.ask('checkHealth', plan);
  const reason = verdict?.verdict === 'unhealthy' ? verdict.reason : undefined;
  return { verdict: verdict?.verdict, reason, commands, took: clock.now() - began };
}

test('health-exec is whole', () =>
  testPlugin(healthExec, {
    valid: [undefined, { checks: [{ containers: ['web'], command: ['true'], user: '1000:1000' }] }],
    invalid: [
      { checks: [{ containers: ['web'], command: 'true' }] },
      { checks: [{ containers: ['web'], command: [] }] },
    ],
  }));

describe('health-exec', () => {
  test('has no opinion where nothing is configured for the container', async () => {
    assert.deepEqual((await verdictOn({})).verdict, undefined);
  });

  test('runs the command of the label without a shell until it exits with 0', async () => {
    const results = { 0: { exitCode: 2, output: 'no response' }, 3000: { exitCode: 0, output: '' } };
    const { verdict, commands, took } = await verdictOn({ label: 'pg_isready -U app', results });
    assert.deepEqual([verdict, took], ['healthy', 3000]);
    assert.deepEqual(commands[0]?.argv, ['pg_isready', '-U', 'app']);
    assert.equal(commands[0]?.timeout, 60_000);
  });

  test('says how the command ended, with the last that it said', async () => {
    const results = { 0: { exitCode: 2, output: 'trying\n/tmp:5432 - no response\n' } };
    const { reason, took } = await verdictOn({ label: 'pg_isready', results });
    assert.equal(reason, 'pg_isready exited with 2: /tmp:5432 - no response (tried for 1m)');
    assert.equal(took, 60_000);
  });

  test('says why the command could not be run', async () => {
    const { reason } = await verdictOn({ label: 'nope', results: { 0: new Error('executable file not found') } });
    assert.equal(reason, 'nope could not be run: executable file not found (tried for 1m)');
  });

  test('runs what it is configured with, as the user it is configured with', async () => {
    const check = { containers: ['we.'], command: ['sh', '-c', 'test -f /ready'], user: 'app' };
    const { verdict, commands } = await verdictOn({ config: { checks: [check] } });
    assert.equal(verdict, 'healthy');
    assert.deepEqual([commands[0]?.argv, commands[0]?.user], [check.command, 'app']);
  });

  for (const [text, argv] of [
    [`sh -c "test -f '/a b'"`, ['sh', '-c', "test -f '/a b'"]],
    [`a 'b "c"' d\\ e`, ['a', 'b "c"', 'd e']],
    [`say "a \\"b\\" \\n" ''`, ['say', 'a "b" \\n', '']],
    [`a"b"'c' $HOME;|&`, ['abc', '$HOME;|&']],
  ] as const) {
    test(`takes ${text} for its words`, async () => {
      assert.deepEqual((await verdictOn({ label: text })).commands[0]?.argv, argv);
    });
  }

  for (const text of ['sh -c "open', "it's", 'ends with \\']) {
    test(`lets no update begin for ${text}`, async () => {
      const host = await createTestHost(healthExec);
      const verdict = await host.ask('beforeUpdate', samplePlan({ labels: { 'belfry.health.exec': text } }));
      assert.equal(
        verdict?.verdict === 'veto' && verdict.reason,
        `the label belfry.health.exec=${text} is not a command with its quotes closed`,
      );
    });
  }

  test('lets an update begin for a command that it has not run', async () => {
    const host = await createTestHost(healthExec);
    assert.equal(await host.ask('beforeUpdate', samplePlan({ labels: { 'belfry.health.exec': 'true' } })), undefined);
  });

  test('cannot be set up where the engine runs no programs', async () => {
    await assert.rejects(createTestHost(healthExec, { lacking: ['exec'] }), /PLUGIN_CAPABILITY_MISSING/);
  });
});

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createTestHost, samplePlan, sampleWorkload } from 'belfry/testing';
import execGate from '../../plugins/exec-gate/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'belfry-exec-gate-'));
after(() => rmSync(folder, { recursive: true }));

const plan = samplePlan();
const shell = (script: string) => ({ run: ['/bin/sh', '-c', script] });

/** What the gate makes of a program, or why it has no answer. */
async function verdict(config: object, own = plan) {
  const host = await createTestHost(execGate, { config });
  return host.ask('beforeUpdate', own).catch((error: Error) => error.message);
}

describe('the exit code decides', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['exit 0', { verdict: 'allow' }],
    ['echo whatever; exit 0', { verdict: 'allow' }],
    ['echo "backups are running"; echo more; exit 1', { verdict: 'veto', reason: 'backups are running' }],
    ['echo "on stderr" >&2; exit 1', { verdict: 'veto', reason: 'on stderr' }],
    ['exit 1', { verdict: 'veto', reason: '/bin/sh says no' }],
    ['echo "  players are on  "; exit 75', { verdict: 'defer', reason: 'players are on' }],
    ['exit 75', { verdict: 'defer', reason: '/bin/sh says not now' }],
  ];
  for (const [script, expected] of cases) {
    test(script, async () => assert.deepEqual(await verdict(shell(script)), expected));
  }

  test('and any other one is a failure, with what was said', async () => {
    const message = 'exec-gate (beforeUpdate) failed: /bin/sh';
    assert.equal(await verdict(shell('echo oops; exit 2')), `${message} ended with exit code 2: oops`);
    assert.equal(await verdict(shell('exit 127')), `${message} ended with exit code 127`);
    assert.equal(await verdict(shell('kill -9 $$')), `${message} was ended by SIGKILL`);
  });
});

describe('an object on stdout', () => {
  const says = (answer: unknown, code = 75) => shell(`printf '%s' '${JSON.stringify(answer)}'; exit ${code}`);

  test('gives the reason, and until when', async () => {
    const until = '2026-11-28T22:00:00.000Z';
    assert.deepEqual(await verdict(says({ reason: 'a freeze', until, more: 1 })), {
      verdict: 'defer',
      reason: 'a freeze',
      until,
    });
    const later = says({ until: '2026-11-28T23:00:00+01:00' });
    assert.deepEqual(await verdict(later), { verdict: 'defer', reason: '/bin/sh says not now', until });
    assert.deepEqual(await verdict(says({ reason: 'never', until }, 1)), { verdict: 'veto', reason: 'never' });
  });

  test('that is nonsense is a failure', async () => {
    assert.match(String(await verdict(says({ until: 'soon' }))), /gave an `until` that is no date such as/);
    assert.match(String(await verdict(says({ until: 5 }))), /gave an `until` that is no date such as/);
    assert.match(String(await verdict(says({ reason: 5 }))), /gave a reason that is no text/);
  });

  test('is only one where all of stdout is; else its first line is the reason', async () => {
    assert.deepEqual(await verdict(shell(`echo '{"reason": "a"}'; echo b; exit 1`)), {
      verdict: 'veto',
      reason: '{"reason": "a"}',
    });
    assert.deepEqual(await verdict(shell(`echo '["a"]'; exit 1`)), { verdict: 'veto', reason: '["a"]' });
  });
});

describe('the program', () => {
  test('reads the plan on its stdin, and finds in its environment what was listed and nothing else of ours', async () => {
    process.env.BELFRY_TEST_SECRET = 'canary';
    const file = join(folder, 'told');
    const script = `cat > "$FILE"; env >> "$FILE"; exit 0`;
    await verdict({ ...shell(script), env: { FILE: file } });
    delete process.env.BELFRY_TEST_SECRET;
    const [line = '', ...environment] = readFileSync(file, 'utf8').trim().split('\n');
    assert.deepEqual(JSON.parse(line), { schema: 1, on: 'beforeUpdate', plan: JSON.parse(JSON.stringify(plan)) });
    // A shell sets some by itself.
    const names = environment
      .map((one) => one.split('=')[0] ?? '')
      .filter((name) => !/^(PWD|OLDPWD|SHLVL|_)$/.test(name));
    assert.deepEqual(names.toSorted(), ['FILE', 'PATH']);
  });

  test('is asked only about the containers that are named', async () => {
    const config = { ...shell('exit 1'), containers: ['db', 'api-.*'] };
    assert.equal(await verdict(config), undefined);
    assert.notEqual(await verdict(config, samplePlan({ workload: sampleWorkload({ name: 'api-1' }) })), undefined);
  });

  test('that takes too long is ended, and has no answer', async () => {
    const said = await verdict({ ...shell('echo "asking around"; sleep 60'), timeout: '1s' });
    assert.match(String(said), /did not end within 1 s and was ended: asking around$/);
  });

  test('must be there and executable as Belfry starts, where it is given by a path', async () => {
    writeFileSync(join(folder, 'plain'), 'exit 0');
    for (const run of [['/nowhere/gate'], [join(folder, 'plain')]]) {
      const error = await createTestHost(execGate, { config: { run } }).catch((thrown: unknown) => thrown);
      assert.match(String(error), /is not there or not executable/);
    }
  });

  test('that cannot be run refuses', async () => {
    assert.match(String(await verdict({ run: ['no-such-program-of-ours'] })), /cannot be run/);
  });
});

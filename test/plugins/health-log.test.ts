import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFakeClock, createTestHost, samplePlan, testPlugin } from 'belfry/testing';
import healthLog from '../../plugins/health-log/index.ts';

interface Arranged {
  readonly config?: object;
  readonly labels?: Readonly<Record<string, string>>;
  /** The lines by the milliseconds after which they are written. */
  readonly log?: Readonly<Record<number, string>> | Error;
}

async function arrange({ config, labels = {}, log = {} }: Arranged) {
  const clock = createFakeClock();
  const began = clock.now();
  const host = await createTestHost(healthLog, {
    clock,
    config,
    logs: (_, count) => {
      if (log instanceof Error) throw log;
      const written = Object.entries(log).filter(([from]) => clock.now() - began >= Number(from));
      return written.map(([, line]) => line).slice(-count);
    },
  });
  return { host, plan: samplePlan({ labels, stabilityWindow: 10_000 }), took: () => clock.now() - began };
}

async function verdictOn(arranged: Arranged) {
  const { host, plan, took } = await arrange(arranged);
  const verdict = await host.ask('checkHealth', plan);
  return [verdict?.verdict === 'unhealthy' ? verdict.reason : verdict?.verdict, took()];
}

const wanted = { 'belfry.health.log': 'ready to (accept|serve)' };

test('health-log is whole', () =>
  testPlugin(healthLog, {
    valid: [undefined, { checks: [{ containers: ['web'], notLine: 'panic', timeout: '2s' }] }],
    invalid: [{ checks: [{ containers: ['web'] }] }, { checks: [{ containers: ['web'], line: '(' }] }],
    clock: createFakeClock(),
  }));

describe('health-log', () => {
  test('has no opinion where nothing is configured for the container', async () => {
    assert.deepEqual(await verdictOn({}), [undefined, 0]);
  });

  test('is content as soon as the wanted line is there', async () => {
    const log = { 0: 'starting', 4000: 'ready to accept connections', 9000: 'done' };
    assert.deepEqual(await verdictOn({ labels: wanted, log }), ['healthy', 4000]);
  });

  test('is not content when it does not come in time', async () => {
    const labels = { ...wanted, 'belfry.health.timeout': '5s' };
    const reason = 'no line of its log matches ready to (accept|serve) (tried for 5s)';
    assert.deepEqual(await verdictOn({ labels, log: { 0: 'starting', 6000: 'ready to accept' } }), [reason, 5000]);
  });

  test('is not content once the unwanted line is there, and says it', async () => {
    const labels = { 'belfry.health.log-not': 'panic|FATAL' };
    const log = { 3000: '2026 FATAL: no disk' };
    assert.deepEqual(await verdictOn({ labels, log }), ['its log says: 2026 FATAL: no disk', 3000]);
    const both = { ...wanted, ...labels };
    assert.deepEqual(await verdictOn({ labels: both, log: { 0: 'ready to serve', ...log } }), [
      'its log says: 2026 FATAL: no disk',
      3000,
    ]);
  });

  test('watches for the unwanted line as long as the stability window, also once the wanted one is there', async () => {
    const labels = { 'belfry.health.log-not': 'panic' };
    assert.deepEqual(await verdictOn({ labels, log: { 12000: 'panic' } }), ['healthy', 10_000]);
    assert.deepEqual(await verdictOn({ labels: { ...wanted, ...labels }, log: { 1000: 'ready to serve' } }), [
      'healthy',
      10_000,
    ]);
    assert.deepEqual(await verdictOn({ labels: { ...wanted, ...labels }, log: { 20000: 'ready to serve' } }), [
      'healthy',
      20_000,
    ]);
  });

  test('remembers the wanted line when it has scrolled away', async () => {
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [2000 + at, 'busy']));
    const config = { checks: [{ containers: ['web'], line: 'ready', notLine: 'panic', watch: '30s' }] };
    assert.deepEqual(await verdictOn({ config, log: { 1000: 'ready', ...many } }), ['healthy', 30_000]);
  });

  test('is not content with a log that cannot be read, and lets no update begin then', async () => {
    const log = new Error('configured logging driver does not support reading');
    assert.deepEqual(await verdictOn({ labels: wanted, log }), [
      `its log cannot be read: ${log.message} (tried for 1m)`,
      60_000,
    ]);
    const { host, plan } = await arrange({ labels: wanted, log });
    const reason = `the log of web cannot be read: ${log.message}`;
    assert.deepEqual(await host.ask('beforeUpdate', plan), { verdict: 'veto', reason });
    const readable = await arrange({ labels: wanted });
    assert.equal(await readable.host.ask('beforeUpdate', readable.plan), undefined);
  });

  test('lets no update begin for a pattern that is none, or may never end', async () => {
    for (const text of ['(', '(a+)+$', 'x'.repeat(501)]) {
      const { host, plan } = await arrange({ labels: { 'belfry.health.log-not': text } });
      const verdict = await host.ask('beforeUpdate', plan);
      assert.match(
        verdict?.verdict === 'veto' ? verdict.reason : '',
        /log-not=.* is not a regular expression of at most/,
      );
    }
  });

  test('gives up a pattern that takes for ever on some line', async () => {
    const { host, plan } = await arrange({ labels: { 'belfry.health.log': '^(a|a)*b' }, log: { 0: 'a'.repeat(60) } });
    await assert.rejects(host.ask('checkHealth', plan), /PATTERN_TOO_SLOW|took longer than/);
  });
});

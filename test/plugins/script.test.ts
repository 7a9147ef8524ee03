import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { createTestHost, reportFixtures, testPlugin } from 'belfry/testing';
import script from '../../plugins/script/index.ts';

const report = reportFixtures.find(({ name }) => name === 'something of everything')?.report ?? assert.fail();

/** Delivers one message to a shell script; resolves with the answer and what the script wrote to `$OUT`. */
async function deliver(t: TestContext, lines: string, own: object = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'belfry-script-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const OUT = join(folder, 'out');
  const config = { command: ['/bin/sh', '-c', lines], env: { OUT }, ...own };
  const host = await createTestHost(script, { config, folder });
  const outcome = await host.deliver({ kind: report.kind, report, event: null }, { id: 'msg_7' });
  return { outcome, folder, wrote: await readFile(OUT, 'utf8').catch(() => '') };
}

describe('script', () => {
  test('is a whole plugin', () =>
    testPlugin(script, {
      valid: [{ command: ['true'] }],
      invalid: [{}, { command: [] }, { command: 'true' }, { command: ['true'], env: { 'a b': '' } }],
    }));

  test('gives the program the report, and what it needs to know in its environment', async (t) => {
    const json = await deliver(t, 'cat > "$OUT"');
    assert.deepEqual(json.outcome, { outcome: 'sent' });
    const got = JSON.parse(json.wrote);
    assert.deepEqual([got.schema, got.host, got.failed.length], [1, report.host, report.failed.length]);

    const told = await deliver(t, 'echo "$BELFRY_MESSAGE_ID $BELFRY_SEVERITY $BELFRY_TITLE" > "$OUT"');
    assert.equal(told.wrote.trim(), `msg_7 error ${report.title}`);
    assert.doesNotMatch((await deliver(t, 'env > "$OUT"')).wrote, /HOME=|NODE/);
  });

  test('gives it text where it asks for that', async (t) => {
    const { wrote } = await deliver(t, 'cat > "$OUT"', { input: 'text' });
    assert.ok(wrote.includes(report.title));
  });

  test('runs where the configuration lies', async (t) => {
    const { wrote, folder } = await deliver(t, 'pwd > "$OUT"');
    assert.ok(wrote.trim().endsWith(folder));
  });

  test('understands its exit code', async (t) => {
    assert.deepEqual((await deliver(t, 'echo no such pager; exit 3')).outcome, {
      outcome: 'permanent',
      why: 'it ended with 3: no such pager',
    });
    assert.deepEqual((await deliver(t, 'exit 75')).outcome, { outcome: 'retry', why: 'it ended with 75' });
    const slow = await deliver(t, 'sleep 30', { timeout: 1 });
    assert.deepEqual(slow.outcome, { outcome: 'retry', why: 'it did not end within 1 s' });
    const absent = await deliver(t, '', { command: ['./not-there'] });
    assert.equal(absent.outcome.outcome, 'retry');
  });
});

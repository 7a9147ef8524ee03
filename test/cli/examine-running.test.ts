import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Parts } from '../../core/app.ts';
import { examineRunning } from '../../core/cli/examine-running.ts';
import type { Listed, Running } from '../../core/cli/plugin-list.ts';
import { takeLock } from '../../core/control/lock.ts';
import { serve } from '../../core/control/serve.ts';
import { temporaryFolder } from '../journal/sample.ts';

/** The parts of a command beside a Belfry, or beside none, that answers like this. */
async function beside(t: TestContext, plugins?: () => Promise<unknown>): Promise<Parts> {
  const root = temporaryFolder(t);
  if (plugins !== undefined) {
    const folder = join(root, 'engine');
    mkdirSync(folder);
    const lock = await takeLock(folder);
    if (!lock.held) throw new Error('the lock is taken');
    t.after(() => lock.release());
    const nothing = async () => null;
    const others = {
      update: nothing,
      rollback: nothing,
      recover: nothing,
      approve: nothing,
      deny: nothing,
      notify: nothing,
    };
    serve(lock, { ...others, reload: nothing, plugins });
  }
  const engine = { info: async () => ({ id: 'engine' }) };
  return { engine, env: {}, loaded: { settings: { stateFolder: root, scope: null } } } as unknown as Parts;
}

const plugin: Listed = {
  name: 'gate',
  use: './gate.mjs',
  summary: '',
  decisions: [],
  events: [],
  loadMs: 1,
  state: null,
};
const state = { calls: 7, dropped: 0, failures: 0, lastFailure: null, waiting: { events: 0, messages: 0 } };

test('a Belfry that answers is well, and its plugins that have failed are told', async (t) => {
  const lastFailure = { time: '2026-08-21T22:00:03Z', code: 'PLUGIN_FAILED', message: 'ops (deliver) failed: no' };
  const running: Running = {
    ...{ file: null, since: '2026-08-21T22:00:00Z', asleep: [] },
    plugins: [
      { ...plugin, state },
      { ...plugin, name: 'ops', state: { ...state, failures: 2, lastFailure } },
    ],
  };
  assert.deepEqual(await examineRunning(await beside(t, async () => running)), [
    { name: 'running Belfry', ok: true, detail: 'answers, with 2 plugins in force' },
    {
      ...{ name: 'plugin ops', ok: true, warning: true },
      detail: '2 of 7 calls failed, the last at 2026-08-21T22:00:03Z: ops (deliver) failed: no',
    },
  ]);
});

test('a Belfry that does not answer is told', async (t) => {
  const [finding] = await examineRunning(await beside(t, () => new Promise(() => {})), 20);
  assert.deepEqual([finding?.ok, finding?.detail], [false, 'the running Belfry did not answer within 0.02 s']);
  assert.match(finding?.hint ?? '', /endless loop/);
});

test('without a Belfry at work there is nothing to tell', async (t) => {
  assert.deepEqual(await examineRunning(await beside(t)), []);
});

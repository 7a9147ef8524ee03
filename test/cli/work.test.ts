import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { openParts, type Parts } from '../../core/app.ts';
import { parseArguments } from '../../core/cli/arguments.ts';
import { Stop } from '../../core/cli/session.ts';
import { whereAtWork } from '../../core/cli/work.ts';
import { loadSettings } from '../../core/config/load.ts';
import { takeLock } from '../../core/control/lock.ts';
import { serve } from '../../core/control/serve.ts';
import { AppError } from '../../core/errors/app-error.ts';
import { temporaryFolder } from '../journal/sample.ts';

const request = { schema: 1, command: 'update', names: [] } as const;
const busy = () => new AppError('BUSY', 'this Belfry is about to stop');

/** A command beside a Belfry that answers updates like this; it lets go of the lock when it is told to. */
async function beside(t: TestContext, update: (letGo: () => void) => Promise<unknown>, signal?: AbortSignal) {
  const root = temporaryFolder(t);
  mkdirSync(join(root, 'engine'));
  const lock = await takeLock(join(root, 'engine'));
  if (!lock.held) throw new Error('the lock is taken');
  let held = true;
  const letGo = () => {
    if (held) void lock.release();
    held = false;
  };
  t.after(letGo);
  const nothing = async () => null;
  const others = { rollback: nothing, recover: nothing, approve: nothing, deny: nothing, notify: nothing };
  serve(lock, { ...others, reload: nothing, plugins: nothing, update: () => update(letGo) });
  const args = parseArguments(['update', '--state', root]);
  const loaded = await loadSettings({ flags: args.flags, env: {}, cwd: root });
  const engine = { info: async () => ({ id: 'engine', name: 'host' }) } as unknown as Parts['engine'];
  const parts = { ...openParts(loaded, {}, () => {}), engine };
  const notes: string[] = [];
  const terminal = {
    print: () => {},
    note: (line: string) => void notes.push(line),
    progress: () => {},
    style: (_: string, text: string) => text,
    columns: undefined,
  };
  const session = { args, loaded, env: {}, parts, terminal, signal: signal ?? new AbortController().signal };
  return { notes, done: whereAtWork(session, request, { here: async () => 'done here' }) };
}

describe('a request beside another Belfry', () => {
  test('is done there', async (t) => {
    const { done, notes } = await beside(t, async () => 'done there');
    assert.equal(await done, 'done there');
    assert.deepEqual(notes, ['another Belfry is at work here; it takes the request']);
  });

  test('that is about to stop is done here as soon as that one has stopped', async (t) => {
    let asked = 0;
    const { done, notes } = await beside(t, async (letGo) => {
      asked += 1;
      if (asked === 2) setImmediate(letGo);
      throw busy();
    });
    assert.equal(await done, 'done here');
    assert.deepEqual([asked, notes.slice(1)], [2, ['it is about to stop; the request waits until it has']]);
  });

  test('that is about to stop waits no longer than until it is asked to stop itself', async (t) => {
    const stop = new AbortController();
    const never = async () => {
      stop.abort(new Stop('SIGINT'));
      throw busy();
    };
    const { done } = await beside(t, never, stop.signal);
    await assert.rejects(done, { code: 'BUSY' });
  });
});

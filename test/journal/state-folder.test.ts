import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import {
  findStateFolder,
  openStateFolder,
  otherScopes,
  type StateFolderOptions,
} from '../../core/journal/state-folder.ts';
import { temporaryFolder } from './sample.ts';

const engineId = 'NQ4D:K5V7:RZ2M:W3XA:LONG';

/** A machine whose folders all lie in a temporary one. */
function machine(t: TestContext, more: Partial<StateFolderOptions> = {}) {
  const root = temporaryFolder(t);
  const system = join(root, 'system');
  const env = { HOME: join(root, 'home') };
  return { root, system, options: { env, engineId, scope: null, system, ...more } satisfies StateFolderOptions };
}

/** A file in the place of a folder stops even root from writing there. */
const block = (path: string) => writeFileSync(path, '');

describe('the state folder', () => {
  test('is the system’s own place where that can be written, closed to others', async (t) => {
    const { system, options } = machine(t);
    const { path } = await openStateFolder(options);
    assert.equal(path, join(system, 'NQ4DK5V7RZ2M'));
    assert.equal(statSync(path ?? '').mode & 0o777, 0o700);
    const engine = JSON.parse(readFileSync(join(path ?? '', 'engine.json'), 'utf8'));
    assert.deepEqual(engine, { schema: 1, engineId, scope: null });
  });

  test('FM77: is the same for all who come at once for the first time, and holds nothing half made', async (t) => {
    const { system, options } = machine(t);
    const path = join(system, 'NQ4DK5V7RZ2M');
    const all = await Promise.all(Array.from({ length: 20 }, () => openStateFolder(options)));
    assert.deepEqual(new Set(all.map((one) => one.path)), new Set([path]));
    assert.deepEqual(readdirSync(path), ['engine.json']);
  });

  test('is closed to others although it was open before', async (t) => {
    const { system, options } = machine(t);
    mkdirSync(join(system, 'NQ4DK5V7RZ2M'), { recursive: true });
    chmodSync(join(system, 'NQ4DK5V7RZ2M'), 0o755);
    await openStateFolder(options);
    assert.equal(statSync(join(system, 'NQ4DK5V7RZ2M')).mode & 0o777, 0o700);
  });

  test('is else the user’s, where XDG says or by its default', async (t) => {
    const { root, system, options } = machine(t);
    block(system);
    assert.equal((await openStateFolder(options)).path, join(root, 'home/.local/state/belfry/NQ4DK5V7RZ2M'));
    const env = { ...options.env, XDG_STATE_HOME: join(root, 'xdg') };
    assert.equal((await openStateFolder({ ...options, env })).path, join(root, 'xdg/belfry/NQ4DK5V7RZ2M'));
  });

  test('that was asked for and cannot be written is replaced by no other', async (t) => {
    const { root, system, options } = machine(t);
    const explicit = join(root, 'asked-for');
    block(explicit);
    const opened = await openStateFolder({ ...options, explicit });
    assert.equal(opened.path, undefined);
    assert.equal(opened.problem?.code, 'STATE_UNWRITABLE');
    assert.equal(existsSync(system), false);
  });

  test('leaves room for its socket’s address, or says that its path is too long', async (t) => {
    const { root, options } = machine(t);
    const room = 103 - '/NQ4DK5V7RZ2M/belfry.sock'.length - root.length - 1;
    const fits = await openStateFolder({ ...options, explicit: join(root, 'x'.repeat(room)) });
    assert.equal(fits.problem, undefined);
    const tooLong = await openStateFolder({ ...options, explicit: join(root, 'x'.repeat(room + 1)) });
    assert.equal(tooLong.problem?.code, 'STATE_PATH_TOO_LONG');
  });

  test('FM76: is another one for each engine and scope', async (t) => {
    const { options } = machine(t);
    const name = async (more: Partial<StateFolderOptions>) =>
      basename((await openStateFolder({ ...options, ...more })).path ?? '');
    assert.equal(await name({ scope: 'blue' }), 'NQ4DK5V7RZ2M-blue');
    assert.match(await name({ scope: '../../etc' }), /^NQ4DK5V7RZ2M-etc-[0-9a-f]{8}$/);
    assert.notEqual(await name({ scope: 'a b' }), await name({ scope: 'a.b' }));
    assert.equal(await name({ engineId: '' }), 'engine');
  });

  test('is found again by those who only read, who create nothing', async (t) => {
    const { root, system, options } = machine(t);
    assert.equal(await findStateFolder(options), undefined);
    assert.deepEqual(readdirSync(root), []);
    await openStateFolder(options);
    assert.equal(await findStateFolder(options), join(system, 'NQ4DK5V7RZ2M'));
  });

  test('knows the other scopes of its engine that have a journal', async (t) => {
    const { options } = machine(t);
    const remember = async (more: Partial<StateFolderOptions>) => {
      const { path = '' } = await openStateFolder({ ...options, ...more });
      writeFileSync(join(path, 'journal.jsonl'), '{}\n');
    };
    assert.deepEqual(await otherScopes(options), []);
    await openStateFolder({ ...options, scope: 'never-used' });
    await remember({ scope: 'blue' });
    await remember({ scope: 'a b' });
    await remember({ engineId: 'ANOTHER', scope: 'green' });
    await remember({ engineId: `${engineId}-more`, scope: 'red' });
    assert.deepEqual(new Set(await otherScopes(options)), new Set(['blue', 'a b']));
    await remember({});
    assert.deepEqual(new Set(await otherScopes({ ...options, scope: 'blue' })), new Set([null, 'a b']));
  });
});

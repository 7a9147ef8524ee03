import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Stage, withCode } from '../stage.ts';

export function layerCases(stage: () => Stage): void {
  test('FM34: shows a file that was put into a container, and its size, mode and date in whole seconds', async () => {
    const { world, create } = stage();
    const { engine } = world;
    const id = await create('layer', 'serves');
    await world.write(id, '/given', 'a setting');
    const changes = await engine.changes(id);
    assert.deepEqual(
      changes.filter(({ path }) => path === '/given'),
      [{ path: '/given', kind: 'added' }],
    );
    const facts = await engine.fileFacts(id, '/given');
    assert.deepEqual([facts?.isRegular, facts?.size, facts?.mode], [true, 9, 0o440]);
    assert.equal(await engine.fileFacts(id, '/absent'), null);
    // Containerd's store counts the blocks on its disk.
    const size = await engine.layerSize(id);
    assert.ok(size >= 9 && size < 100_000, `${size}`);
  });

  test('FM34: copies a file between containers that do not run, with its mode and another date', async () => {
    const { world, create } = stage();
    const { engine } = world;
    const [from, to] = [await create('giver', 'serves'), await create('taker', 'serves')];
    await world.write(from, '/given', 'a setting');
    const modified = new Date('2025-06-01T12:00:00.700Z');
    await engine.copyFile({ from, to, path: '/given', modified });
    const facts = await engine.fileFacts(to, '/given');
    assert.deepEqual([facts?.size, facts?.mode], [9, 0o440]);
    assert.equal(Date.parse(facts?.modified ?? ''), Date.parse('2025-06-01T12:00:00Z'));
    const copy = engine.copyFile({ from, to, path: '/absent', modified });
    await assert.rejects(copy, withCode('ENGINE_NOT_FOUND'));
  });

  test('FM34: refuses a copy into a read-only file system', async () => {
    const { world, create } = stage();
    const from = await create('open', 'serves');
    const to = await create('closed', 'serves', { hostConfig: { ReadonlyRootfs: true } });
    await world.write(from, '/given', 'a setting');
    const copy = world.engine.copyFile({ from, to, path: '/given', modified: new Date() });
    await assert.rejects(copy, withCode('ENGINE_REFUSED', 'ENGINE_FORBIDDEN', 'ENGINE_FAILED'));
  });
}

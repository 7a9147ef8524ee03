import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { engineApi } from '../../core/demo/engine-api.ts';
import { openPrivateEngine, type PrivateEngine } from '../../core/demo/private-engine.ts';
import { findProgram, isRoot } from '../../core/demo/programs.ts';
import { app, assertUntouched, openScene, type Scene } from './scene.ts';

const able = isRoot() && findProgram('dockerd') && findProgram('ip') && findProgram('mount');
const megabyte = 1024 * 1024;

describe('FM80: on a full disk', { skip: able ? false : 'needs root, dockerd, iproute2 and mount' }, () => {
  let engine: PrivateEngine;
  before(async () => {
    engine = await openPrivateEngine({ besideOthers: true, diskBytes: 200 * megabyte });
  });
  after(() => engine.close());

  test('of the engine nothing is pulled or stopped, and all is done once there is room', async (t) => {
    const scene = await openScene(t, { engineHost: engine.host });
    const name = await scene.deploy('web');
    await scene.release('web', '2');
    const before = await scene.inspect(name);
    const { DockerRootDir } = await scene.api<{ readonly DockerRootDir: string }>('GET', '/info');
    const { bavail, bsize } = await statfs(DockerRootDir);
    await writeFile(`${DockerRootDir}/filler`, Buffer.alloc(bavail * bsize - 40 * megabyte));

    const { outcome, problem } = (await scene.belfry('update')).item(name);
    assert.deepEqual([outcome, problem?.code], ['unchanged', 'ENGINE_NO_SPACE']);
    assert.deepEqual(changes(scene), []);
    await assertUntouched(scene, before);

    await rm(`${DockerRootDir}/filler`);
    assert.equal((await scene.belfry('update')).item(name).state, 'recreated');
  });

  test('that a pull has filled nothing is stopped', async (t) => {
    const scene = await openScene(t, { engineHost: engine.host });
    const name = await scene.deploy('web');
    const before = await scene.inspect(name);
    // Next to nothing as it is packed, so that the engine alone finds out.
    const layers = [{ '/zeros': { content: Buffer.alloc(250 * megabyte) } }];
    await scene.push('web:latest', { ...app('2'), layers });
    const { outcome, problem } = (await scene.belfry('update')).item(name);
    assert.deepEqual([outcome, problem?.code], ['unchanged', 'ENGINE_NO_SPACE']);
    await assertUntouched(scene, before);
  });

  test('`dangling` makes room: what no tag names and no container uses goes, whoever left it', async (t) => {
    const scene = await openScene(t, { engineHost: engine.host });
    const docker = engineApi(engine.host);
    const images: Record<string, string> = {};
    for (const name of ['stray', 'used', 'tagged']) {
      const { reference } = await scene.push(`${name}:latest`, app('1', { Labels: { kind: name } }));
      if (name === 'used') await scene.run(name, { Image: reference, Labels: { 'belfry.enable': 'false' } });
      else await docker.pull(reference);
      images[name] = (await scene.api<{ readonly Id: string }>('GET', `/images/${reference}/json`)).Id;
      if (name === 'tagged') continue;
      // Its tag moves on: somebody pulled a newer image.
      await scene.push(`${name}:latest`, app('2', { Labels: { kind: name } }));
      await docker.pull(reference);
    }
    const web = await scene.deploy('web');
    images.replaced = (await scene.inspect(web)).Image;
    await scene.release('web', '2');
    const config = join(scene.stateFolder, 'belfry.json');
    await writeFile(config, JSON.stringify({ rollbackGrace: '0s', plugins: [{ use: 'dangling' }] }));

    const run = await scene.belfry('update', '--config', config);
    assert.equal(run.item(web).state, 'recreated', run.stderr);
    const isThere = async (id: string) => (await scene.existing(`/images/${id}/json`)) !== null;
    const left = await Promise.all(Object.entries(images).map(async ([name, id]) => [name, await isThere(id)]));
    assert.deepEqual(Object.fromEntries(left), { stray: false, used: true, tagged: true, replaced: false });
    const { stdout } = await scene.start(['events']).done;
    assert.equal(stdout.match(/^\S+ +cleaned /gm)?.length, 2, stdout);
  });

  test('of the state folder nothing is begun', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web');
    await scene.release('web', '2');
    const before = await scene.inspect(name);
    const folder = await mkdtemp('/tmp/belfry-full-');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'belfry-disk', folder]);
    t.after(async () => {
      execFileSync('umount', [folder]);
      await rm(folder, { recursive: true });
    });
    const run = () => scene.start(['update', '--json'], { BELFRY_STATE_DIR: folder }).done;
    assert.equal((await scene.start(['doctor'], { BELFRY_STATE_DIR: folder }).done).code, 0);
    await fill(folder);

    const { code, stdout } = await run();
    assert.equal(code, 1);
    assert.match(stdout, /JOURNAL_FAILED|STATE_UNWRITABLE/);
    await assertUntouched(scene, before);
    assert.deepEqual(await scene.containers(), [name]);

    await rm(`${folder}/filler`);
    assert.equal((await run()).code, 0);
    assert.notEqual((await scene.inspect(name)).Id, before.Id);
    assert.notDeepEqual(await readdir(folder), []);
  });
});

/** Until not one more byte fits. */
async function fill(folder: string): Promise<void> {
  const { blocks, bsize } = await statfs(folder);
  await assert.rejects(writeFile(`${folder}/filler`, Buffer.alloc(blocks * bsize)), { code: 'ENOSPC' });
}

function changes({ engine }: Scene): readonly string[] {
  return engine.calls.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
}

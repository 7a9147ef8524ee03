import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import type { ContainerDetails } from '../../core/engine/port.ts';
import { deployFurnished } from './furnished.ts';
import { unexplained } from './inspected.ts';
import { openScene, type Scene } from './scene.ts';

describe('update after update', () => {
  test('FM20, FM25, FM29, FM45: ten of a furnished container change nothing but its image', async (t) => {
    const scene = await openScene(t, { window: '100ms' });
    const name = await deployFurnished(scene);
    const first = await scene.inspect(name);
    let last: ContainerDetails = first;
    for (let version = 2; version <= 11; version += 1) {
      const image = { Env: [`VERSION=${version}`, 'MODE=image'], Volumes: { '/declared': {} } };
      const { configDigest, digest } = await scene.release('web', `${version}`, image);
      const run = await scene.belfry('update', name);
      assert.equal(run.item(name).state, 'recreated', run.stderr);
      const after = await scene.inspect(name);
      // Containerd's store knows an image by its manifest.
      assert.ok([configDigest, digest].includes(after.Image), after.Image);
      assert.equal(after.Config.Image, first.Config.Image);
      assert.deepEqual(unexplained(first, after), []);
      assert.deepEqual(sizes(after), sizes(version === 2 ? after : last));
      last = after;
    }
    assert.deepEqual(await scene.containers(), [name]);
  });

  test('FM30, FM44, FM48: Compose’s note follows, volumes stay whatever is asked, secrets are told to nobody', async (t) => {
    const scene = await openScene(t);
    const secret = 'c4nary-53cret';
    const notes = { 'com.docker.compose.config-hash': 'abc', 'com.docker.compose.service': 'web' };
    const create = {
      Env: [`TOKEN=${secret}`],
      Labels: { ...notes, 'com.docker.compose.image': 'sha256:old', 'com.docker.compose.project': 'shop' },
      Volumes: { '/data': {} },
    };
    const name = await scene.deploy('web', { create });
    const before = await scene.inspect(name);
    await scene.release('web', '2');
    const run = await scene.start(['--run-once', '--remove-volumes', '--cleanup', '--log-level', 'debug', name]).done;
    const after = await scene.inspect(name);
    assert.notEqual(after.Image, before.Image, run.stderr);
    assert.deepEqual(
      after.Mounts?.map((mount) => mount.Name),
      before.Mounts?.map((mount) => mount.Name),
    );
    assert.ok(after.Config.Env?.includes(`TOKEN=${secret}`));
    const { Labels } = after.Config;
    assert.equal(Labels?.['com.docker.compose.image'], after.Image);
    assert.equal(Labels?.['com.docker.compose.config-hash'], 'abc');
    assert.ok(!`${run.stdout}${run.stderr}${await journalOf(scene)}`.includes(secret));
  });
});

/** How much of everything that could pile up there is. */
function sizes({ Config, HostConfig, Mounts, NetworkSettings }: ContainerDetails): object {
  const aliases = Object.values(NetworkSettings.Networks ?? {}).map(({ Aliases }) => Aliases?.length);
  const counted = [Config.Env, Object.keys(Config.Labels ?? {}), HostConfig.Binds, HostConfig.Mounts, Mounts];
  return { aliases, counted: counted.map((list) => list?.length) };
}

async function journalOf({ stateFolder }: Scene): Promise<string> {
  const files = await readdir(stateFolder, { recursive: true, withFileTypes: true });
  const journals = files.filter((file) => file.isFile() && file.name.endsWith('.jsonl'));
  assert.ok(journals.length > 0);
  const texts = await Promise.all(journals.map((file) => readFile(`${file.parentPath}/${file.name}`, 'utf8')));
  return texts.join('');
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app, openScene } from './scene.ts';

test('a container that follows ^1 moves on to the newest 1.x, and back when told to', async (t) => {
  const scene = await openScene(t);
  const push = (tag: string) => scene.push(`web:${tag}`, app(tag, { Labels: { 'org.example.test': scene.prefix } }));
  const { reference } = await push('1.0.0');
  for (const tag of ['1.2.0', '1.3.0-rc1', '2.0.0', '1.9', 'v1.9.0', 'latest']) await push(tag);
  const name = await scene.run('web', { Image: reference, Labels: { 'belfry.follow': '^1' } });
  const before = await scene.inspect(name);
  const tagsHere = async () => {
    const images = await scene.api<readonly { readonly RepoTags: readonly string[] | null }[]>('GET', '/images/json');
    const names = images.flatMap(({ RepoTags }) => RepoTags ?? []);
    // Containerd's store lists names with a digest among them.
    const ours = names.filter((name) => name.includes(`/${scene.prefix}/`) && !name.includes('@'));
    return ours.map((tag) => tag.slice(tag.lastIndexOf(':') + 1)).sort();
  };

  const check = (await scene.belfry('check')).item(name);
  assert.deepEqual([check.state, check.from?.reference, check.bump], ['available', reference, 'minor']);
  assert.equal(check.to?.reference, reference.replace('1.0.0', '1.2.0'));
  assert.deepEqual(await tagsHere(), ['1.0.0'], 'a check pulls and tags nothing');

  const update = await scene.belfry('update');
  assert.deepEqual([update.code, update.item(name).state], [0, 'recreated'], update.stderr);
  const after = await scene.inspect(name);
  assert.equal(after.Config.Image, reference.replace('1.0.0', '1.2.0'));
  assert.deepEqual(await tagsHere(), ['1.0.0', '1.2.0']);
  assert.equal((await scene.belfry('check')).report.counts.upToDate, 1);

  const back = await scene.belfry('rollback', name);
  assert.deepEqual([back.code, back.item(name).state], [0, 'recreated'], back.stderr);
  const again = await scene.inspect(name);
  assert.deepEqual([again.Image, again.Config.Image], [before.Image, reference]);
  assert.equal((await scene.belfry('update')).item(name).problem?.code, 'DIGEST_REJECTED');

  await push('1.2.1');
  const next = await scene.belfry('update', '--cleanup', '--rollback-grace', '0s');
  assert.equal(next.item(name).to?.version, '1.2.1');
  assert.deepEqual(await tagsHere(), ['1.2.1'], 'images left behind go with their tags');
  assert.deepEqual(await scene.containers(), [name]);
});

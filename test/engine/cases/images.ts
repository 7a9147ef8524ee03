import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Stage, withCode } from '../stage.ts';

export function imageCases(stage: () => Stage): void {
  /** An image of its own, pulled but not tagged. */
  const pulled = async (short: string, version = '1') => {
    const { world } = stage();
    const repository = world.repository(short);
    const config = { Env: ['PATH=/bin'], Cmd: ['sleep', '1000'], Labels: { short, version } };
    const digest = await world.push(`${short}:${version}`, { config, behaviour: {} });
    const pinned = `${repository}@${digest}`;
    await world.engine.pull(pinned, {});
    return { repository, digest, pinned, id: (await world.engine.inspectImage(pinned)).Id };
  };
  const createFrom = (short: string, image: string) => {
    const { world } = stage();
    const config = { Image: image, Labels: world.labels };
    return world.engine.create(world.name(short), { config, hostConfig: {}, networks: [] });
  };

  test('shows an image by reference, digest and id alike', async () => {
    const { engine } = stage().world;
    const { repository, pinned, id } = await pulled('shown');
    await engine.tag(pinned, repository, '1');
    for (const by of [`${repository}:1`, pinned, id]) {
      const details = await engine.inspectImage(by);
      assert.equal(details.Id, id);
      assert.deepEqual(details.RepoTags, [`${repository}:1`]);
      assert.deepEqual(details.RepoDigests, [pinned]);
      assert.equal(details.Os, 'linux');
      assert.deepEqual(details.Config?.Cmd, ['sleep', '1000']);
      assert.equal(details.Config?.Labels?.version, '1');
    }
    const row = (await engine.images()).find((image) => image.id === id);
    assert.deepEqual([row?.repoTags, row?.repoDigests], [[`${repository}:1`], [pinned]]);
    assert.ok((row?.size ?? 0) > 0);
  });

  test('does not know an image that is not there', async () => {
    const { engine, repository } = stage().world;
    const absent = repository('absent:1');
    await assert.rejects(engine.inspectImage(absent), withCode('ENGINE_NOT_FOUND'));
    await assert.rejects(engine.removeImage(absent), withCode('ENGINE_NOT_FOUND'));
    await assert.rejects(engine.tag(absent, repository('copy'), '1'), withCode('ENGINE_NOT_FOUND'));
  });

  test('FM45: lists a bare image id once the tag has moved, and the tag again once it has moved back', async () => {
    const { engine } = stage().world;
    const old = await pulled('moved', '1');
    await engine.tag(old.pinned, old.repository, 'stable');
    const container = await createFrom('moved', `${old.repository}:stable`);
    const listed = async () => (await engine.list()).find(({ id }) => id === container)?.image;
    assert.equal(await listed(), `${old.repository}:stable`);
    const next = await pulled('moved', '2');
    await engine.tag(next.pinned, next.repository, 'stable');
    assert.equal(await listed(), old.id);
    assert.deepEqual((await engine.inspectImage(old.id)).RepoTags, []);
    assert.equal((await engine.inspectImage(`${old.repository}:stable`)).Id, next.id);
    await engine.tag(old.id, old.repository, 'stable');
    assert.equal(await listed(), `${old.repository}:stable`);
  });

  test('FM60: keeps the last name of an image in use, whether its container runs or not', async () => {
    const { engine } = stage().world;
    const { repository, pinned, id } = await pulled('used');
    await engine.tag(pinned, repository, '1');
    const container = await createFrom('used', `${repository}:1`);
    for (const by of [`${repository}:1`, pinned, id]) {
      await assert.rejects(engine.removeImage(by), withCode('ENGINE_CONFLICT'));
    }
    await engine.tag(pinned, repository, '2');
    await engine.removeImage(`${repository}:2`);
    assert.deepEqual((await engine.inspectImage(id)).RepoTags, [`${repository}:1`]);
    await engine.remove(container, { volumes: true });
    await engine.removeImage(`${repository}:1`);
    await assert.rejects(engine.inspectImage(id), withCode('ENGINE_NOT_FOUND'));
  });

  test('removes an unused image by id only while all its names are of one repository', async () => {
    const { engine, repository } = stage().world;
    const image = await pulled('named');
    await engine.tag(image.id, image.repository, '1');
    await engine.tag(image.id, repository('alias'), '1');
    await assert.rejects(engine.removeImage(image.id), withCode('ENGINE_CONFLICT'));
    await engine.removeImage(repository('alias:1'));
    await engine.removeImage(image.id);
    await assert.rejects(engine.inspectImage(image.id), withCode('ENGINE_NOT_FOUND'));
  });
}

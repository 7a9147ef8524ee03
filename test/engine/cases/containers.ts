import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Stage, withCode } from '../stage.ts';

export function containerCases(stage: () => Stage): void {
  test('says which engine it is and which API it speaks', async () => {
    const info = await stage().world.engine.info();
    assert.match(info.apiVersion, /^1\.\d+$/);
    assert.equal(info.os, 'linux');
    for (const word of [info.id, info.name, info.version, info.architecture, info.storageDriver]) {
      assert.notEqual(word, '');
    }
    assert.deepEqual(await stage().world.engine.info(), info);
  });

  test('lists a container as a check needs it', async () => {
    const { world, create, image, imageId } = stage();
    const id = await create('listed', 'serves', { config: { Labels: { colour: 'red' } } });
    const row = (await world.engine.list()).find((one) => one.id === id);
    assert.deepEqual(row, {
      id,
      name: world.name('listed'),
      image: await image('serves'),
      imageId: await imageId('serves'),
      state: 'created',
      labels: { ...world.labels, colour: 'red' },
      networkMode: row?.networkMode,
    });
    assert.match(row?.networkMode ?? '', /^(default|bridge)$/);
  });

  test('FM46: lists a container by its own name, without a slash, also where links add further ones', async () => {
    const { world, create } = stage();
    const provider = await create('linked', 'serves');
    const id = await create('linking', 'serves', { hostConfig: { Links: [`${world.name('linked')}:store`] } });
    const rows = (await world.engine.list()).filter((row) => row.id === id || row.id === provider);
    assert.deepEqual(rows.map(({ name }) => name).toSorted(), [world.name('linked'), world.name('linking')].toSorted());
    assert.deepEqual((await world.engine.inspect(id)).HostConfig.Links, [
      `/${world.name('linked')}:/${world.name('linking')}/store`,
    ]);
  });

  test('finds a container by its id, its name and the beginning of its id', async () => {
    const { world, create } = stage();
    const id = await create('found', 'serves');
    for (const by of [id, world.name('found'), id.slice(0, 12)]) {
      const details = await world.engine.inspect(by);
      assert.equal(details.Id, id);
      assert.equal(details.Name, `/${world.name('found')}`);
    }
  });

  test('FM14: refuses a name that another container has, at the create and at a rename', async () => {
    const { world, create } = stage();
    const first = await create('taken', 'serves');
    const second = await create('other', 'serves');
    await assert.rejects(create('taken', 'serves'), withCode('ENGINE_CONFLICT'));
    await assert.rejects(world.engine.rename(second, world.name('taken')), withCode('ENGINE_CONFLICT'));
    assert.equal((await world.engine.inspect(world.name('taken'))).Id, first);
  });

  test('refuses names that are malformed, and a rename to the present name', async () => {
    const { world, create } = stage();
    const id = await create('named', 'serves');
    await assert.rejects(world.engine.rename(id, 'a/b'), withCode('ENGINE_REFUSED'));
    await assert.rejects(create('with space', 'serves'), withCode('ENGINE_REFUSED'));
    await assert.rejects(world.engine.rename(id, world.name('named')), withCode('ENGINE_REFUSED', 'ENGINE_CONFLICT'));
  });

  test('renames a container while it runs', async () => {
    const { world, run } = stage();
    const id = await run('before', 'serves');
    await world.engine.rename(id, world.name('after'));
    assert.equal((await world.engine.inspect(world.name('after'))).Id, id);
    await assert.rejects(world.engine.inspect(world.name('before')), withCode('ENGINE_NOT_FOUND'));
    await world.engine.rename(world.name('after'), world.name('before'));
  });

  test('FM15: says of a container that vanished that it is not found, whatever is asked', async () => {
    const { world, create } = stage();
    const id = await create('vanished', 'serves');
    const { engine } = world;
    await engine.remove(id, { volumes: true });
    const notFound = withCode('ENGINE_NOT_FOUND');
    await assert.rejects(engine.inspect(id), notFound);
    await assert.rejects(engine.start(id), notFound);
    await assert.rejects(engine.stop(id, { signal: null, graceSeconds: 1 }), notFound);
    await assert.rejects(engine.stop(id, { signal: 'SIGUSR1', graceSeconds: 1 }), notFound);
    await assert.rejects(engine.rename(id, world.name('ghost')), notFound);
    await assert.rejects(engine.setRestartPolicy(id, { Name: 'no', MaximumRetryCount: 0 }), notFound);
    await assert.rejects(engine.remove(id, { volumes: true }), notFound);
    await assert.rejects(engine.logs(id, 1), notFound);
    await assert.rejects(engine.follow(id), notFound);
    await engine.waitRemoved(id);
  });

  test('FM17: finds every endpoint open when probed, and changes nothing', async () => {
    const { engine } = stage().world;
    const probes = await engine.probe();
    assert.ok(probes.length > 0);
    assert.deepEqual(
      probes.filter(({ allowed }) => !allowed),
      [],
    );
    assert.ok((await engine.list()).every(({ name }) => !name.startsWith('belfry-probe')));
    const tags = (await engine.images()).flatMap(({ repoTags }) => repoTags);
    assert.ok(tags.every((tag) => !tag.includes('belfry-probe')));
  });
}

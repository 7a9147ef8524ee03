import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertUntouched, openScene } from './scene.ts';

test('FM85: a network that someone deletes meanwhile is missed before anything is stopped', async (t) => {
  const scene = await openScene(t);
  const [front, back] = ['front', 'back'].map(scene.name);
  const Labels = { 'belfry.scope': scene.scope };
  for (const Name of [front, back]) await scene.api('POST', '/networks/create', { Name, Labels });
  const name = await scene.deploy('web', { create: { HostConfig: { NetworkMode: front } } });
  await scene.api('POST', `/networks/${back}/connect`, { Container: name });
  await scene.release('web', '2');
  const before = await scene.inspect(name);

  scene.engine.setFault(async ({ path }) => {
    if (path !== `/networks/${back}/connect`) return undefined;
    await scene.api('POST', `/networks/${back}/disconnect`, { Container: name, Force: true });
    await scene.api('DELETE', `/networks/${back}`);
    return undefined;
  });
  const { outcome, problem } = (await scene.belfry('update')).item(name);
  assert.deepEqual([outcome, problem?.code], ['unchanged', 'ENGINE_NOT_FOUND']);
  assert.match(problem?.message ?? '', /network/);
  await assertUntouched(scene, before);
  assert.deepEqual(await scene.containers(), [name]);
  assert.ok(!scene.engine.calls.some(({ path }) => path.endsWith('/stop')));

  // It is not on that network any more, so the next update has no need of it.
  assert.equal((await scene.belfry('update')).item(name).state, 'recreated');
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openScene, type Scene } from './scene.ts';

describe('the image that an update has replaced', { concurrency: 3 }, () => {
  interface Fate {
    readonly title: string;
    readonly args: readonly string[];
    /** What else there is on the engine before the update. */
    readonly beside?: (scene: Scene, image: string) => Promise<unknown>;
    readonly removed: boolean;
  }

  const fates: readonly Fate[] = [
    { title: 'is removed under --cleanup', args: ['--cleanup'], removed: true },
    { title: 'stays unless asked for', args: [], removed: false },
    ...[[], ['start'], ['start', 'pause'], ['start', 'stop?t=0']].map((calls) => ({
      title: `FM60: stays while a container of nobody’s uses it, after ${calls.join(' and ') || 'its create'}`,
      args: ['--cleanup'],
      beside: async (scene: Scene, Image: string) => {
        const name = scene.name('stranger');
        await scene.api('POST', `/containers/create?name=${name}`, { Image });
        for (const call of calls) await scene.api('POST', `/containers/${name}/${call}`);
      },
      removed: false,
    })),
    {
      title: 'FM60: stays while another tag names it',
      args: ['--cleanup'],
      beside: (scene, image) =>
        scene.api('POST', `/images/${image}/tag?repo=${scene.registry}/${scene.prefix}/web&tag=kept`),
      removed: false,
    },
  ];

  for (const { title, args, beside, removed } of fates) {
    test(title, async (t) => {
      const scene = await openScene(t);
      const name = await scene.deploy('web');
      const { Image } = await scene.inspect(name);
      await beside?.(scene, Image);
      await scene.release('web', '2');
      const run = await scene.belfry('update', ...args);
      assert.deepEqual([run.code, run.item(name).state], [0, 'recreated'], run.stderr);
      assert.equal((await scene.existing(`/images/${Image}/json`)) === null, removed);
      const events = await scene.start(['events']).done;
      assert.equal(/^\S+ +cleaned /m.test(events.stdout), removed, events.stdout);
    });
  }

  test('FM61: stays when the update was rolled back', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web');
    const { Image } = await scene.inspect(name);
    await scene.release('web', '2', { Cmd: ['false'] });
    assert.equal((await scene.belfry('update', '--cleanup')).item(name).outcome, 'rolled-back');
    assert.ok(await scene.existing(`/images/${Image}/json`));
  });
});

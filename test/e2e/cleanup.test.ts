import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { engineApi } from '../../core/demo/engine-api.ts';
import { app, openScene, type Scene } from './scene.ts';

const atOnce = ['--cleanup', '--rollback-grace', '0s'];

describe('the image that an update has replaced', { concurrency: 3 }, () => {
  interface Fate {
    readonly title: string;
    readonly args: readonly string[];
    /** What else there is on the engine before the update. */
    readonly beside?: (scene: Scene, image: string) => Promise<unknown>;
    readonly removed: boolean;
  }

  const fates: readonly Fate[] = [
    { title: 'is removed under --cleanup, at once without a grace', args: atOnce, removed: true },
    { title: 'stays unless asked for', args: [], removed: false },
    ...[[], ['start'], ['start', 'pause'], ['start', 'stop?t=0']].map((calls) => ({
      title: `FM60: stays while a container of nobody’s uses it, after ${calls.join(' and ') || 'its create'}`,
      args: atOnce,
      beside: async (scene: Scene, Image: string) => {
        const name = scene.name('stranger');
        await scene.api('POST', `/containers/create?name=${name}`, { Image });
        for (const call of calls) await scene.api('POST', `/containers/${name}/${call}`);
      },
      removed: false,
    })),
    {
      title: 'FM60: stays while another tag names it',
      args: atOnce,
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
    assert.equal((await scene.belfry('update', ...atOnce)).item(name).outcome, 'rolled-back');
    assert.ok(await scene.existing(`/images/${Image}/json`));
  });

  test('FM61: stays for a rollback as long as its grace lasts, and then as the policies in force want it', async (t) => {
    const scene = await openScene(t);
    const policy = async (use: string, config?: object) => {
      const path = `${scene.stateFolder}/${use}.json`;
      await writeFile(path, JSON.stringify({ plugins: [{ use, config }] }));
      return ['--config', path, '--rollback-grace', '0s'];
    };
    const name = await scene.deploy('web');
    const images: string[] = [];
    const there = () => Promise.all(images.map(async (id) => (await scene.existing(`/images/${id}/json`)) !== null));
    const update = async (version: string, ...args: readonly string[]) => {
      images.push((await scene.inspect(name)).Image);
      await scene.release('web', version);
      const run = await scene.belfry('update', ...args);
      assert.equal(run.item(name).state, 'recreated', run.stderr);
    };

    await update('2', '--cleanup');
    assert.deepEqual(await there(), [true], 'a day has not passed');
    const wouldRemove = async (...args: readonly string[]) => {
      const dry = await scene.belfry('update', '--dry-run', ...args);
      const found = dry.json<{ wouldRemove: readonly { imageId: string; replacedBy: { name: string } | null }[] }>();
      return new Map(found.wouldRemove.map(({ imageId, replacedBy }) => [imageId, replacedBy?.name]));
    };
    assert.equal((await wouldRemove(...atOnce)).get(images[0] ?? ''), name);
    const { digest } = await scene.push('stray:latest', app('1'));
    const repository = `${scene.registry}/${scene.prefix}/stray`;
    await engineApi(scene.engineHost).ask('POST', `/images/create?fromImage=${repository}&tag=${digest}`);
    const stray = await scene.api<{ readonly Id: string }>('GET', `/images/${repository}@${digest}/json`);
    const dangling = await wouldRemove(...(await policy('dangling')));
    assert.deepEqual([dangling.get(images[0] ?? ''), dangling.get(stray.Id)], [name, undefined]);
    assert.ok(dangling.has(stray.Id), 'what no tag names is among them');
    assert.deepEqual(await there(), [true], 'these were dry runs');

    await update('3', ...(await policy('keep-last', { images: 1 })));
    assert.deepEqual(await there(), [false, true], 'the last one is kept');
    const quiet = await scene.belfry('update', ...(await policy('keep-days', { days: 0 })));
    assert.equal(quiet.report.counts.upToDate, 1);
    assert.deepEqual(await there(), [false, false], 'a cycle without an update cleans up as well');
  });
});

import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { RunningBelfry } from '../kit/belfry.ts';
import { assertOriginal, assertUntouched, openScene } from './scene.ts';

describe('a Belfry that is asked to stop in the middle of an update', { concurrency: 3 }, () => {
  for (const moment of [/\/images\/create$/, /\/containers\/create$/]) {
    test(`leaves the container as it was when the signal comes before the stop (${moment.source})`, async (t) => {
      const { scene, name, belfry } = await interrupt(t, moment, async (running) => {
        running.child.kill('SIGTERM');
        await running.printed('stderr', /stopping/);
      });
      const before = await scene.inspect(name);
      const { code, stdout } = await belfry();
      assert.equal(code, 143, 'what was left undone is no success');
      assert.match(stdout, /\(CYCLE_STOPPED\)/);
      await assertUntouched(scene, before);
      assert.deepEqual(await scene.containers(), [name]);
      assert.equal((await scene.belfry('update')).item(name).state, 'recreated');
    });
  }

  for (const moment of [/\/containers\/\w+\/stop$/, /\/containers\/\w+\/start$/]) {
    test(`finishes what it began when the signal comes after (${moment.source})`, async (t) => {
      const { scene, name, belfry } = await interrupt(t, moment, async (running) => {
        running.child.kill('SIGTERM');
        await running.printed('stderr', /stopping/);
      });
      const before = await scene.inspect(name);
      const { code, stdout } = await belfry();
      assert.equal(code, 0);
      assert.match(stdout, /^updated +/m);
      const after = await scene.inspect(name);
      assert.deepEqual([after.Image === before.Image, after.State.Running], [false, true]);
      assert.deepEqual(await scene.containers(), [name]);
    });
  }

  test('FM2: ends at once at a second signal, and the next run puts everything in order', async (t) => {
    const { scene, name, belfry } = await interrupt(t, /\/containers\/\w+\/start$/, async (running) => {
      running.child.kill('SIGTERM');
      await running.printed('stderr', /stopping/);
      running.child.kill('SIGTERM');
      await running.done;
    });
    const before = await scene.inspect(name);
    const { code } = await belfry();
    assert.equal(code, 143);
    assert.equal((await scene.containers()).length, 2);
    assert.equal((await scene.belfry('recover')).code, 0);
    assert.deepEqual(await scene.containers(), [name]);
    const after = await scene.inspect(name);
    assert.equal(after.State.Running, true);
    if (after.Id === before.Id) await assertOriginal(scene, before);
  });

  test('does not begin with the containers whose turn has not come', async (t) => {
    const { scene, name, belfry } = await interrupt(t, /\/containers\/\w+\/stop$/, async (running) => {
      running.child.kill('SIGTERM');
      await running.printed('stderr', /stopping/);
    });
    const later = await scene.deploy('xylophone');
    const before = await scene.inspect(later);
    await scene.release('xylophone', '2');
    const { stdout } = await belfry();
    assert.match(stdout, new RegExp(`^updated +${name}`, 'm'));
    assert.match(stdout, new RegExp(`^available +${later} .*\\(CYCLE_STOPPED\\)`, 'm'));
    await assertUntouched(scene, before);
  });
});

/** A container that is behind, and a Belfry that updates it and meets with `deed` right before a call of the engine. */
async function interrupt(t: TestContext, moment: RegExp, deed: (running: RunningBelfry) => Promise<unknown>) {
  const scene = await openScene(t);
  const name = await scene.deploy('web');
  await scene.release('web', '2');
  const belfry = () => {
    const running = scene.start(['update']);
    scene.engine.setFault(async ({ method, path }) => {
      if (method !== 'POST' || !moment.test(path)) return undefined;
      scene.engine.setFault(() => undefined);
      await deed(running);
      return undefined;
    });
    return running.done;
  };
  return { scene, name, belfry };
}

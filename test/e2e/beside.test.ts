import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { openScene, type Scene } from './scene.ts';

describe('FM77: a Belfry beside another one', { concurrency: 3 }, () => {
  test('hands its update to the one that watches, which goes on', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web');
    const watch = await startWatch(t, scene);
    await scene.release('web', '2');

    const run = await scene.belfry('update', name);
    assert.match(run.stderr, /another Belfry is at work here/);
    assert.deepEqual([run.code, run.item(name).state, run.report.trigger], [0, 'recreated', 'manual']);
    assert.match(watch.output.stderr, new RegExp(`${name}.*2`));

    await scene.release('web', '3', { Cmd: ['false'] });
    const failed = await scene.belfry('update', name);
    assert.deepEqual([failed.code, failed.item(name).outcome], [1, 'rolled-back']);
    const unknown = await scene.belfry('update', 'nobody');
    assert.deepEqual([unknown.code, unknown.problems.map(({ code }) => code)], [2, ['WORKLOAD_UNKNOWN']]);

    assert.equal((await scene.belfry('rollback', name)).item(name).to?.version, '1');
    assert.equal((await scene.belfry('recover')).code, 0);
    watch.child.kill('SIGTERM');
    assert.equal((await watch.done).code, 0);
  });

  test('has its update finished also when the one that watches is asked to stop', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web');
    const watch = await startWatch(t, scene);
    await scene.release('web', '2');
    scene.engine.setFault(async ({ path }) => {
      if (!path.endsWith('/start')) return undefined;
      scene.engine.setFault(() => undefined);
      watch.child.kill('SIGTERM');
      await watch.printed('stderr', /stopping/);
      return undefined;
    });
    const run = await scene.belfry('update', name);
    assert.deepEqual([run.code, run.item(name).state], [0, 'recreated'], run.stderr);
    assert.equal((await watch.done).code, 0);
    assert.match((await scene.start(['history']).done).stdout, new RegExp(`${name} +updated`));
  });

  test('takes its turn, so that no container is replaced twice', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web');
    await scene.release('web', '2');
    const runs = await Promise.all([scene.belfry('update'), scene.belfry('update'), scene.belfry('update')]);
    assert.deepEqual(
      runs.map(({ code }) => code),
      [0, 0, 0],
      runs.map(({ stderr }) => stderr).join(),
    );
    const states = runs.flatMap(({ report }) => report.items.map(({ state }) => state));
    assert.deepEqual(states, ['recreated']);
    const creates = scene.engine.calls.filter(({ path }) => path === '/containers/create');
    assert.equal(creates.length, 1);
    assert.deepEqual(await scene.containers(), [name]);
  });

  test('may look and have it run once, and may not watch', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web');
    await startWatch(t, scene);
    await scene.release('web', '2');
    assert.equal((await scene.belfry('check')).item(name).state, 'available');
    const once = await scene.start(['--run-once']).done;
    assert.equal(once.code, 0, once.stderr);
    assert.match(once.stdout, new RegExp(`^updated +${name}`, 'm'));
    const second = await scene.start(['watch']).done;
    assert.equal(second.code, 1);
    assert.match(second.stderr, /BUSY/);
  });
});

/** A Belfry that has had its first cycle and waits for the next. */
async function startWatch(t: TestContext, scene: Scene) {
  const watch = scene.start(['watch', '--interval', '1h']);
  t.after(() => watch.child.kill('SIGKILL'));
  await watch.printed('stderr', /next run/);
  return watch;
}

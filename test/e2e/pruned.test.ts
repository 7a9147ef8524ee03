import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { programs } from '../kit/images.ts';
import { openFurtherStage } from '../kit/private-engine.ts';
import { stepIn } from '../kit/step-in.ts';
import { assertOriginal, assertUntouched, openScene, type Scene } from './scene.ts';

/** The calls of an update before which a clean-up by somebody else comes. */
const moments = {
  'before it is looked at after its pull': /^GET \/images\/.*@sha256:.*\/json$/,
  'before the tag is moved': /^POST \/images\/[^/]+\/tag$/,
  'before the new container is made': /^POST \/containers\/create$/,
};

describe('an image that a clean-up by somebody else removes', { concurrency: 1 }, () => {
  // Where containerd keeps the images, a clean-up disturbs pulls of others, such as those of the other tests.
  const alone = process.env.BELFRY_TEST_PROGRAM !== undefined;
  let further: Awaited<ReturnType<typeof openFurtherStage>> | undefined;
  before(async () => {
    further = alone ? await openFurtherStage() : undefined;
  });
  after(() => further?.close());
  const open = (t: TestContext) => openScene(t, further === undefined ? {} : { engineHost: further.engine.host });

  for (const [when, moment] of Object.entries(moments)) {
    test(`FM59: ${when} costs the attempt and nothing else`, async (t) => {
      const { scene, name, pinned } = await openBehind(await open(t));
      const before = await scene.inspect(name);
      const left = stepIn(scene.engine, moment, async () => {
        await prune(scene);
        return pinned();
      });
      const run = await scene.belfry('update');
      const { state, outcome, problem } = run.item(name);
      if ((await left) !== null) {
        assert.ok(await keptByName(scene), 'the clean-up came');
        return assert.deepEqual([run.code, state], [0, 'recreated'], run.stderr);
      }
      assert.deepEqual([run.code, state, outcome], [1, 'failed', 'unchanged'], problem?.message);
      await assertUntouched(scene, before);

      const next = await scene.belfry('update');
      assert.deepEqual([next.code, next.item(name).state], [0, 'recreated'], next.stderr);
    });
  }

  test('FM59: is held from the moment its container is made', async (t) => {
    const { scene, name, pinned } = await openBehind(await open(t));
    let cleanUps = 0;
    scene.engine.setFault(async ({ method, path }) => {
      if (!/^POST \/containers\/[\w.-]+\/(stop|rename|start)$/.test(`${method} ${path}`)) return undefined;
      await prune(scene);
      cleanUps += 1;
      return undefined;
    });
    const run = await scene.belfry('update');
    assert.equal(run.item(name).state, 'recreated', run.stderr);
    assert.equal(cleanUps, 4, 'one before the stop, each rename and the start');
    const after = await scene.inspect(name);
    assert.equal(after.Image, await pinned());
  });

  test('FM61: leaves the original what it needs to come back, however often it comes', async (t) => {
    const scene = await open(t);
    const name = await scene.deploy('web', { create: { HostConfig: onFailure } });
    const before = await scene.inspect(name);
    await scene.release('web', '2', programs.exits());
    let cleanUps = 0;
    scene.engine.setFault(async ({ method, path }) => {
      if (method === 'GET' || !/^\/containers\/[\w.-]+($|\/)/.test(path) || path.endsWith('/create')) return undefined;
      await prune(scene);
      cleanUps += 1;
      return undefined;
    });
    assert.equal((await scene.belfry('update', '--cleanup')).item(name).outcome, 'rolled-back');
    assert.ok(cleanUps >= 8, `${cleanUps} clean-ups`);
    await assertOriginal(scene, before);
  });

  test('FM59: whose tag moves on meanwhile is the one that was found all the same', async (t) => {
    const { scene, name } = await openBehind(await open(t));
    const found = (await scene.belfry('check')).item(name).to?.digest;
    stepIn(scene.engine, /^POST \/images\/create$/, () => scene.release('web', '3'));
    const run = await scene.belfry('update');
    assert.deepEqual([run.item(name).state, run.item(name).to?.digest], ['recreated', found]);
    const { Config } = await scene.inspect(name);
    assert.equal(Config.Labels?.['org.opencontainers.image.version'], '2');
    assert.equal((await scene.belfry('update')).item(name).to?.version, '3');
  });
});

const onFailure = { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } };

/** `docker image prune --all`, kept to what is ours. */
async function prune(scene: Scene): Promise<void> {
  const filters = { dangling: ['false'], label: [`org.example.test=${scene.prefix}`] };
  await scene.api('POST', `/images/prune?filters=${encodeURIComponent(JSON.stringify(filters))}`);
}

/** Containerd's store spares whatever bears the name that a container was made of, and its tag was moved by then. */
async function keptByName(scene: Scene): Promise<boolean> {
  const { DriverStatus } = await scene.api<{ readonly DriverStatus: readonly (readonly string[])[] }>('GET', '/info');
  const tagged = scene.engine.calls.some(({ method, path }) => method === 'POST' && path.endsWith('/tag'));
  return tagged && DriverStatus.flat().some((word) => word.startsWith('io.containerd.snapshotter'));
}

/** A container that is behind; `pinned` is the id of the newer image, null where the engine does not have it. */
async function openBehind(scene: Scene) {
  const name = await scene.deploy('web');
  const { digest } = await scene.release('web', '2');
  const path = `/images/${scene.registry}/${scene.prefix}/web@${digest}/json`;
  const pinned = async () => (await scene.existing<{ readonly Id: string }>(path))?.Id ?? null;
  return { scene, name, pinned };
}

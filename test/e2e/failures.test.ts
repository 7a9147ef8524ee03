import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ImageDefaults, Json } from '../../core/engine/port.ts';
import { programs } from '../kit/images.ts';
import { stepIn } from '../kit/step-in.ts';
import { assertOriginal, assertUntouched, openScene, type Scene } from './scene.ts';

interface BadImage {
  readonly title: string;
  readonly image: ImageDefaults;
  readonly create?: Json;
  readonly window?: string;
  readonly code: string;
  readonly message: RegExp;
  readonly logTail?: readonly string[];
}

const badImages: readonly BadImage[] = [
  {
    title: 'FM1, FM3, FM5, FM6, FM9: at an image whose program is missing',
    image: programs.missing,
    ...{ code: 'START_FAILED', message: /missing/ },
  },
  {
    title: 'FM7: at an image that exits at once',
    image: programs.exits(),
    ...{ code: 'UNHEALTHY', message: /exited (with code 3|and was restarted)/, logTail: ['no database'] },
  },
  {
    title: 'FM7: at an image that exits after a while',
    image: programs.exits(2),
    ...{ window: '3s', code: 'UNHEALTHY', message: /exited (with code 3|and was restarted)/, logTail: ['no database'] },
  },
  {
    title: 'FM7: at an image that turns unhealthy',
    image: programs.neverHealthy,
    ...{ code: 'UNHEALTHY', message: /sick/ },
  },
  {
    title: 'FM8: at an image that restarts over and over',
    image: programs.exits(),
    create: { HostConfig: { RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } } },
    ...{ window: '1s', code: 'UNHEALTHY', message: /exited (with code 3|and was restarted)/ },
  },
];

describe('an update that fails', { concurrency: 4 }, () => {
  for (const { title, image, create = {}, window = '300ms', code, message, logTail } of badImages) {
    test(`${title} is rolled back, left alone afterwards, and tried again when asked for or pushed anew`, async (t) => {
      const scene = await openScene(t, { window });
      const name = await scene.deploy('web', { create: withPolicy(create) });
      const before = await scene.inspect(name);
      const { digest } = await scene.release('web', '2', { ...image, Volumes: { '/fresh': {} } });
      const volumes = recordVolumes(scene, name);

      const failed = await scene.belfry('update', name);
      assert.equal(failed.code, 1);
      const { state, outcome, problem, logTail: said } = failed.item(name);
      assert.deepEqual([state, outcome, problem?.code], ['failed', 'rolled-back', code], problem?.message);
      assert.match(problem?.message ?? '', message);
      if (logTail !== undefined) assert.deepEqual([...new Set(said)], logTail);
      await assertOriginal(scene, before);
      const failedImage = `/images/${scene.registry}/${scene.prefix}/web@${digest}/json`;
      assert.equal(await scene.existing(failedImage), null, 'the failed image is gone');
      for (const volume of await volumes) {
        assert.equal(await scene.existing(`/volumes/${volume}`), null, 'its volumes are gone');
      }

      const settled = await scene.inspect(name);
      const next = await scene.belfry('update', name);
      assert.equal(next.code, 0);
      assert.equal(next.item(name).problem?.code, 'DIGEST_REJECTED');
      await assertUntouched(scene, settled);

      const forced = await scene.belfry('update', '--force', name);
      assert.deepEqual([forced.code, forced.item(name).outcome], [1, 'rolled-back']);
      await assertOriginal(scene, before);

      await scene.release('web', '3');
      const mended = await scene.belfry('update', name);
      assert.deepEqual([mended.code, mended.item(name).state], [0, 'recreated'], mended.stderr);
      assert.deepEqual(await scene.containers(), [name]);
    });
  }

  test('FM16: at an image of which the engine makes no container costs nothing but the attempt', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web', { create: withPolicy({}) });
    const before = await scene.inspect(name);
    await scene.release('web', '2', { Cmd: null });

    for (const attempt of ['first', 'second']) {
      const run = await scene.belfry('update', name);
      const { state, outcome, problem } = run.item(name);
      assert.deepEqual(
        [run.code, state, outcome, problem?.code],
        [1, 'failed', 'unchanged', 'ENGINE_REFUSED'],
        attempt,
      );
      assert.match(problem?.message ?? '', /no command specified/i);
      await assertUntouched(scene, before);
    }
    assert.deepEqual(stops(scene), []);
  });

  test('FM3: because a network cannot be connected leaves nothing behind', async (t) => {
    const scene = await openScene(t);
    const network = scene.name('back');
    await scene.api('POST', '/networks/create', { Name: network, Labels: { 'belfry.scope': scene.scope } });
    const name = await scene.deploy('web', { create: withPolicy({}) });
    await scene.api('POST', `/networks/${network}/connect`, { Container: name });
    const before = await scene.inspect(name);
    await scene.release('web', '2');
    scene.engine.setFault(({ path }) =>
      path.endsWith('/connect') ? { do: 'answer', status: 500, body: '{"message":"no room"}' } : undefined,
    );
    const run = await scene.belfry('update');
    const { outcome, problem } = run.item(name);
    assert.deepEqual([run.code, outcome, problem?.message], [1, 'unchanged', 'no room']);
    await assertUntouched(scene, before);
    assert.deepEqual(stops(scene), []);
  });

  test('FM7: is none where a new image is not healthy before its start period is over', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web');
    await scene.release('web', '2', programs.healthyAfter(3));
    const run = await scene.belfry('update');
    assert.deepEqual([run.code, run.item(name).state], [0, 'recreated'], run.stdout);
    assert.equal((await scene.inspect(name)).State.Health?.Status, 'healthy');
  });

  test('FM78: because the engine breaks off says nothing against the image', async (t) => {
    const scene = await openScene(t);
    const name = await scene.deploy('web', { create: withPolicy({}) });
    const before = await scene.inspect(name);
    await scene.release('web', '2');
    scene.engine.setFault(({ method, path }) => {
      if (method !== 'POST' || !path.endsWith('/start')) return undefined;
      scene.engine.setFault(() => undefined);
      return { do: 'cut', when: 'before' };
    });

    const broken = await scene.belfry('update', name);
    const { outcome, problem } = broken.item(name);
    assert.deepEqual([broken.code, outcome, problem?.code], [1, 'rolled-back', 'ENGINE_ANSWER_INVALID']);
    await assertOriginal(scene, before);
    const next = await scene.belfry('update', name);
    assert.equal(next.item(name).state, 'recreated', next.stderr);
  });
});

function withPolicy({ HostConfig, ...create }: Json): Json {
  const RestartPolicy = { Name: 'on-failure', MaximumRetryCount: 5 };
  return { ...create, HostConfig: { RestartPolicy, ...(HostConfig as object | undefined) } };
}

/** The unnamed volumes of the container that first takes the place of `name`, told before it is started. */
function recordVolumes(scene: Scene, name: string): Promise<readonly string[]> {
  return stepIn(scene.engine, /^POST \/containers\/\w+\/start$/, async () => {
    const { Mounts } = await scene.inspect(name);
    return (Mounts ?? []).flatMap(({ Name }) => Name ?? []);
  });
}

/** The calls that stopped, started or renamed anything. */
function stops(scene: Scene): readonly string[] {
  return scene.engine.calls.map(({ path }) => path).filter((path) => /\/(stop|kill|start|rename)$/.test(path));
}

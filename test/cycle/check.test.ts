import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runCycle, updates } from '../../core/cycle/cycle.ts';
import { AppError } from '../../core/errors/app-error.ts';
import { createLab, type Lab, runs } from './lab.ts';

const reference = 'registry.example/web:1';

/** A lab with one container of a reference, up to date unless the registry says otherwise. */
function labWith(name: string, image = reference, labels: Readonly<Record<string, string>> = {}): Lab {
  const lab = createLab();
  lab.registry.put(image, runs);
  lab.engine.run(name, { image, config: { Labels: labels } });
  return lab;
}

const mutating = [
  'pull',
  'tag',
  'removeImage',
  'create',
  'connect',
  'start',
  'stop',
  'rename',
  'setRestartPolicy',
  'remove',
];
const changes = ({ engine }: Lab) => engine.calls.filter(({ method }) => mutating.includes(method));

describe('a check', () => {
  test('asks the registry once for each reference, whatever the number of containers', async () => {
    const lab = labWith('app-1');
    for (const name of ['app-2', 'app-3', 'app-4']) lab.engine.run(name, { image: reference });
    lab.registry.put('registry.example/other:1', runs);
    lab.engine.run('app-5', { image: 'registry.example/other:1' });
    await lab.run({ dryRun: true });
    assert.deepEqual(lab.registry.questions.digest.toSorted(), ['registry.example/other:1', reference]);
    assert.equal(lab.engine.calls.filter(({ method }) => method === 'list').length, 1);
    assert.equal(lab.engine.calls.filter(({ method }) => method === 'inspect').length, 0);
  });

  test('of what is up to date changes nothing and says so once', async () => {
    const lab = labWith('web');
    await lab.run();
    assert.deepEqual(lab.endings(), ['web checked']);
    const { Image } = await lab.engine.inspect('web');
    assert.equal(lab.one('checked').imageId, Image);
    assert.deepEqual(changes(lab), []);
  });

  test('finds what the registry has, with version, distance and size', async () => {
    const lab = createLab();
    lab.behind('web', { image: { labels: { 'org.opencontainers.image.version': '2.0.0' }, bytes: 1234 } });
    await lab.run({ dryRun: true });
    const { from, to, bump, downloadBytes } = lab.one('found');
    assert.deepEqual([from.version, to.version, bump, downloadBytes], ['1.0.0', '2.0.0', 'major', 1234]);
    assert.equal(lab.all('checked')[0]?.upToDate, false);
    assert.deepEqual(changes(lab), []);
  });

  test('FM65: takes an index, and the manifest in it, for the image that it holds', async () => {
    const lab = labWith('web');
    const manifest = { digest: `sha256:${'a'.repeat(64)}`, configDigest: `sha256:${'b'.repeat(64)}`, ...runs };
    lab.registry.put('registry.example/app:1', manifest);
    lab.engine.run('app', { image: 'registry.example/app:1' });
    // The publisher wraps the same manifest into an index.
    lab.registry.putIndex('registry.example/app:1', [manifest]);
    await lab.run();
    assert.deepEqual(lab.endings().toSorted(), ['app checked', 'web checked']);
  });

  test('FM69: of a registry that fails leaves the container alone, and does not call it up to date', async () => {
    for (const code of [
      'REGISTRY_FAILED',
      'REGISTRY_RATE_LIMITED',
      'REGISTRY_NOT_FOUND',
      'REGISTRY_UNAUTHORIZED',
    ] as const) {
      const lab = labWith('web');
      lab.registry.fail(reference, code);
      await lab.run();
      assert.deepEqual(lab.endings(), [`web failed ${code}`]);
      const { phase, outcome } = lab.one('failed');
      assert.deepEqual([phase, outcome], ['check', 'unchanged']);
      assert.deepEqual(changes(lab), []);
    }
  });

  test('that fails again and again says since when, until one comes to an answer', async () => {
    const lab = labWith('web');
    const begun = lab.engine.clock.date().toISOString();
    lab.registry.fail(reference, 'REGISTRY_TIMEOUT');
    await lab.run();
    lab.engine.clock.advance(3_600_000);
    await lab.run();
    assert.deepEqual(
      lab.all('failed').map(({ since }) => since),
      [begun, begun],
    );
    assert.equal(lab.all('finished').at(-1)?.items[0]?.since, begun);
    lab.registry.mend(reference);
    await lab.run();
    lab.registry.fail(reference, 'REGISTRY_TIMEOUT');
    await lab.run();
    assert.notEqual(lab.all('failed').at(-1)?.since, begun);
  });

  test('of one container that fails does not keep the others from theirs', async () => {
    const lab = labWith('web');
    lab.behind('db');
    lab.registry.fail(reference, 'REGISTRY_FAILED');
    await lab.run();
    assert.deepEqual(lab.endings(), ['web failed REGISTRY_FAILED', 'db recreated']);
  });

  test('warns of labels that disagree', async () => {
    const labels = { 'belfry.monitor-only': 'false', 'com.centurylinklabs.watchtower.monitor-only': 'true' };
    const lab = labWith('web', reference, labels);
    await lab.run();
    assert.match(lab.logged.join('\n'), /warn {2}web: The labels .* disagree/);
  });
});

describe('what is never updated, and why:', () => {
  const cases: readonly (readonly [string, string, () => Lab | Promise<Lab>])[] = [
    ['a task of a Swarm service', 'SWARM_TASK', () => labWith('web', reference, { 'com.docker.swarm.task.id': 'x' })],
    ['a container of a pod', 'KUBERNETES_POD', () => labWith('web', reference, { 'io.kubernetes.pod.name': 'x' })],
    ['the infra container of a pod', 'PODMAN_INFRA', () => labWith('web', 'localhost/podman-pause:4.3')],
    [
      'FM46: a container that Compose has renamed for a recreation',
      'STATE_UNSUITABLE',
      () => labWith('0123456789ab_web', reference, { 'com.docker.compose.project': 'shop' }),
    ],
    ['a parking name', 'NAME_RESERVED', () => labWith('web.belfry-new-stopped-x.belfry-old-stopped')],
    [
      'a label with a value nobody understands',
      'LABEL_INVALID',
      () => labWith('web', reference, { 'belfry.monitor-only': 'perhaps' }),
    ],
    [
      'a paused container',
      'STATE_UNSUITABLE',
      () => {
        const lab = labWith('web');
        lab.engine.pause('web');
        return lab;
      },
    ],
    [
      'a crash-looping container',
      'STATE_UNSUITABLE',
      () => {
        const lab = labWith('other');
        lab.engine.run('web', {
          image: reference,
          hostConfig: { RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } },
        });
        lab.engine.crash('web', 1);
        return lab;
      },
    ],
    [
      'FM64: an image named by digest',
      'PINNED',
      () => {
        const lab = createLab();
        const digest = lab.registry.put(reference, runs);
        lab.engine.run('web', { image: `${reference.replace(':1', '')}@${digest}` });
        return lab;
      },
    ],
    [
      'FM45: an image named by its id',
      'PINNED',
      async () => {
        const lab = labWith('other');
        lab.engine.run('web', { image: (await lab.engine.inspectImage(reference)).Id });
        return lab;
      },
    ],
    [
      'FM45: an image named by the beginning of its id',
      'PINNED',
      async () => {
        const lab = labWith('other');
        lab.engine.run('web', { image: (await lab.engine.inspectImage(reference)).Id.slice('sha256:'.length, 19) });
        return lab;
      },
    ],
  ];
  for (const [what, code, open] of cases) {
    test(what, async () => {
      const lab = await open();
      // Something newer is there, and it must make no difference.
      for (const image of [reference, 'localhost/podman-pause:4.3']) lab.registry.put(image, { ...runs, bytes: 1 });
      await lab.run({ dryRun: true });
      const skipped = lab
        .all('skipped')
        .find(({ workload, code: said }) => /(^|_)web/.test(workload.name) && said === code);
      assert.ok(skipped, lab.endings().join());
      assert.equal(skipped.by, 'core');
    });
  }

  test('FM66: an image that was built here, even where the hub has one of its name', async () => {
    const lab = createLab();
    lab.registry.put('app:1', runs);
    lab.engine.run('app', { image: 'app:1' });
    const id = (await lab.engine.inspectImage('app:1')).Id;
    const images = lab.engine.images;
    lab.registry.put('app:1', { ...runs, bytes: 9 });
    const blind = {
      ...lab.context(),
      engine: {
        ...lab.engine,
        images: async () =>
          (await images()).map((image) =>
            image.id === id ? { ...image, repoDigests: [], origin: 'local' as const } : image,
          ),
      },
    };
    await runCycle(blind, updates);
    assert.deepEqual(lab.endings(), ['app skipped IMAGE_LOCAL']);
    assert.deepEqual(lab.registry.questions.digest, []);
  });
});

describe('where the engine gives digests to images built here as well (containerd’s store, Podman)', () => {
  const unknownOrigins = (lab: ReturnType<typeof createLab>, digest?: string) => {
    const images = async () => {
      const found = await lab.engine.images();
      return found.map((image) => ({
        ...{ ...image, origin: 'unknown' as const },
        repoDigests: digest === undefined ? image.repoDigests : [`app@${digest}`],
      }));
    };
    return { ...lab.context(), engine: { ...lab.engine, images } };
  };
  const behind = () => {
    const lab = createLab();
    lab.registry.put('app:1', runs);
    lab.engine.run('app', { image: 'app:1' });
    lab.registry.put('app:1', { ...runs, bytes: 9 });
    return lab;
  };

  test('FM66: an image that its registry does not have is left as it is', async () => {
    const lab = behind();
    await runCycle(unknownOrigins(lab, `sha256:${'5'.repeat(64)}`), updates);
    assert.deepEqual(lab.endings(), ['app skipped IMAGE_LOCAL']);
  });

  test('an image whose name has moved on is known by its id, which is its digest there', async () => {
    const lab = behind();
    const { Image } = await lab.engine.inspect('app');
    const context = unknownOrigins(lab);
    const images = async () => (await context.engine.images()).map((image) => ({ ...image, repoDigests: [] }));
    const registry = { ...context.registry, has: async (_: unknown, digest: string) => digest === Image };
    await runCycle({ ...context, registry, engine: { ...context.engine, images } }, updates);
    assert.deepEqual(lab.endings(), ['app recreated']);
  });

  test('an image that its registry has is updated', async () => {
    const lab = behind();
    await runCycle(unknownOrigins(lab), updates);
    assert.deepEqual(lab.endings(), ['app recreated']);
  });
});

describe('a container whose tag has moved on here', () => {
  test('is known by the reference it was made with, and is behind', async () => {
    const lab = labWith('web');
    lab.registry.put(reference, { ...runs, bytes: 1 });
    lab.engine.load(reference);
    assert.match((await lab.engine.list())[0]?.image ?? '', /^sha256:/);
    await lab.run({ dryRun: true });
    assert.equal(lab.one('found').workload.image, reference);
  });

  test('FM62: and whose image is gone is still updated', async () => {
    const lab = createLab();
    lab.behind('web');
    const { inspectImage } = lab.engine;
    const { Image } = await lab.engine.inspect('web');
    const engine = {
      ...lab.engine,
      images: async () => [],
      inspectImage: async (image: string) => {
        if (image === Image) throw new AppError('ENGINE_NOT_FOUND', 'No such image');
        return inspectImage(image);
      },
    };
    await runCycle({ ...lab.context(), engine }, updates);
    assert.deepEqual(lab.endings(), ['web recreated']);
    assert.deepEqual([lab.one('found').from.version, lab.one('found').bump], [null, 'unknown']);
  });
});

describe('without asking any registry', () => {
  test('the image that the tag names here is the newer one', async () => {
    const lab = labWith('web', reference, { 'belfry.no-pull': 'true' });
    await lab.run();
    assert.deepEqual(lab.endings(), ['web checked']);
    lab.registry.put(reference, { ...runs, bytes: 1 });
    lab.engine.load(reference);
    const asked = lab.registry.questions.digest.length;
    await lab.run();
    assert.deepEqual(lab.endings(), ['web checked', 'web recreated']);
    assert.equal(lab.registry.questions.digest.length, asked);
    assert.equal(lab.engine.calls.filter(({ method }) => method === 'pull').length, 0);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runCycle, updates } from '../../../core/cycle/cycle.ts';
import { rollbackTo } from '../../../core/cycle/replacement/roll-back-to.ts';
import type { Wiring } from '../../../core/plugin.ts';
import type { FakeImage } from '../../kit/fake-registry.ts';
import { createLab, type Lab, type LabOptions, runs } from '../lab.ts';

const repository = 'registry.example/web';
const follows = { 'belfry.follow': '^1' };

/** A lab whose registry has these tags, each of an image of its own, and a container of the first one. */
function labWith(
  tags: readonly string[],
  labels: Readonly<Record<string, string>> = follows,
  options?: LabOptions,
): Lab {
  const lab = createLab(options);
  for (const tag of tags) put(lab, tag);
  lab.engine.run('web', { image: `${repository}:${tags[0]}`, config: { Labels: labels } });
  return lab;
}

function put(lab: Lab, tag: string, image: FakeImage = {}): void {
  lab.registry.put(`${repository}:${tag}`, { ...runs, labels: { tag }, ...image });
}

const tagged = async (lab: Lab, tag: string) => (await lab.engine.inspectImage(`${repository}:${tag}`)).Id;
const fails: Wiring = { checkHealth: () => ({ verdict: 'unhealthy', reason: 'it does not answer' }) };
const published = ['1.0.0', '1.2.0', '1.3.0-rc1', '2.0.0', 'latest'];

describe('a container that follows', () => {
  test('is found behind by its tag, with what both tags say, and nothing is pulled or tagged', async () => {
    const lab = labWith(published);
    await lab.run({ dryRun: true });
    const { from, to, bump, workload } = lab.one('found');
    assert.deepEqual([from.reference, from.version], [`${repository}:1.0.0`, '1.0.0']);
    assert.deepEqual([to.reference, to.version, bump], [`${repository}:1.2.0`, '1.2.0', 'minor']);
    assert.equal(
      to.digest,
      await lab.registry.digest({ registry: 'registry.example', repository: 'web', tag: '1.2.0', digest: null }),
    );
    assert.equal(workload.image, `${repository}:1.0.0`);
    assert.equal(lab.engine.calls.filter(({ method }) => ['pull', 'tag'].includes(method)).length, 0);
  });

  test('takes a major step where its image says that its data are of a new series', async () => {
    const lab = createLab();
    for (const [tag, major] of [
      ['1.0.0', '16'],
      ['1.1.0', '17'],
    ]) {
      put(lab, String(tag), { config: { ...runs.config, Env: [`PG_MAJOR=${major}`] } });
    }
    lab.engine.run('web', { image: `${repository}:1.0.0`, config: { Labels: follows } });
    await lab.run({ dryRun: true });
    assert.equal(lab.one('found').bump, 'major');
  });

  test('runs the new tag afterwards, and the old one still names what it did', async () => {
    const lab = labWith(published, { ...follows, 'com.docker.compose.image': 'sha256:old' });
    const before = await lab.engine.inspect('web');
    await lab.run();
    assert.deepEqual(lab.endings(), ['web recreated']);
    const { Config, Image } = await lab.engine.inspect('web');
    assert.equal(Config.Image, `${repository}:1.2.0`);
    assert.equal(Image, await tagged(lab, '1.2.0'));
    assert.equal(await tagged(lab, '1.0.0'), before.Image);
    assert.deepEqual(Config.Labels, { tag: '1.2.0', ...follows, 'com.docker.compose.image': Image });
    assert.deepEqual(lab.engine.names(), ['web']);
    await lab.run();
    assert.deepEqual(lab.endings(), ['web recreated', 'web checked']);
  });

  test('keeps the way its reference was written', async () => {
    const lab = createLab();
    lab.registry.put('nginx:1.0', runs);
    lab.registry.put('nginx:1.1', { ...runs, bytes: 1 });
    lab.engine.run('web', { image: 'docker.io/library/nginx:1.0', config: { Labels: follows } });
    await lab.run();
    assert.equal((await lab.engine.inspect('web')).Config.Image, 'docker.io/library/nginx:1.1');
  });

  test('is compared by digest where nothing newer is there, so that a rebuild is found', async () => {
    const lab = labWith(['1.2.0', '1.0.0', '2.0.0']);
    await lab.run();
    put(lab, '1.2.0', { bytes: 1 });
    await lab.run();
    assert.deepEqual(lab.endings(), ['web checked', 'web recreated']);
    const { from, to } = lab.one('found');
    assert.equal(from.reference, to.reference);
  });

  test('is up to date where the newest tag is the very image it runs', async () => {
    const lab = createLab();
    const same = { ...runs, digest: `sha256:${'d'.repeat(64)}`, configDigest: `sha256:${'c'.repeat(64)}` };
    for (const tag of ['1.0.0', '1.1.0']) lab.registry.put(`${repository}:${tag}`, same);
    lab.engine.run('web', { image: `${repository}:1.0.0`, config: { Labels: follows } });
    await lab.run();
    assert.deepEqual(lab.endings(), ['web checked']);
  });

  test('costs one list for its repository, however many there are; who does not follow costs none', async () => {
    const lab = labWith(published);
    for (const [name, tag] of [
      ['web-2', '1.0.0'],
      ['web-3', '1.2.0'],
    ] as const) {
      lab.engine.run(name, { image: `${repository}:${tag}`, config: { Labels: follows } });
    }
    lab.registry.put('registry.example/db:1', runs);
    lab.engine.run('db', { image: 'registry.example/db:1' });
    await lab.run({ dryRun: true });
    assert.deepEqual(lab.registry.questions.tags, [repository]);
  });

  test('by an entry of the file does so like by a label, and stays where its own label says none', async () => {
    const follow = [
      {
        image: 'registry\\.example/.*',
        rule: { range: '^1', include: null, exclude: null, transform: null, prerelease: false },
      },
    ];
    const lab = labWith(published, {}, { settings: { follow } });
    lab.engine.run('still', { image: `${repository}:1.0.0`, config: { Labels: { 'belfry.follow': 'none' } } });
    lab.registry.put('registry.example/app:latest', runs);
    lab.engine.run('app', { image: 'registry.example/app:latest' });
    await lab.run();
    assert.deepEqual(lab.endings().toSorted(), ['app checked', 'still checked', 'web recreated']);
    assert.ok(!lab.logged.some((line) => /states no version/.test(line)));
  });

  test('is warned of where its own tag states no version', async () => {
    const lab = labWith(['latest', '1.0.0']);
    await lab.run();
    assert.deepEqual(lab.endings(), ['web checked']);
    assert.match(lab.logged.join('\n'), /warn {2}web: its tag latest states no version/);
  });

  test('passes over a tag that leads nowhere or has nothing for its platform', async () => {
    const lab = labWith(['1.0.0', '1.1.0']);
    put(lab, '1.2.0', { platform: { os: 'linux', architecture: 's390x', variant: null } });
    put(lab, '1.3.0');
    lab.registry.fail(`${repository}:1.3.0`, 'REGISTRY_NOT_FOUND');
    await lab.run();
    assert.equal((await lab.engine.inspect('web')).Config.Image, `${repository}:1.1.0`);
    assert.match(
      lab.logged.join('\n'),
      /web: the tag 1\.3\.0 is passed over: .*\n(.*\n)?.*web: the tag 1\.2\.0 is passed over/,
    );
  });

  test('is left as it is where the tags cannot be told', async () => {
    const lab = labWith(published);
    lab.registry.fail(`${repository}:1.0.0`, 'REGISTRY_FAILED');
    await lab.run();
    assert.deepEqual(lab.endings(), ['web failed REGISTRY_FAILED']);
  });

  test('is left as it is where a label makes no sense, or its pattern takes for ever', async () => {
    const wrong = labWith(published, { 'belfry.follow': 'newest' });
    await wrong.run();
    assert.deepEqual(wrong.endings(), ['web skipped LABEL_INVALID']);
    const slow = labWith(published, { 'belfry.follow.include': '(a|a)*$' });
    put(slow, `${'a'.repeat(100)}b`);
    await slow.run();
    assert.deepEqual(slow.endings(), ['web failed FOLLOW_PATTERN_FAILED']);
  });

  test('and asks no registry follows nothing, and so does an image that was built here', async () => {
    const lab = labWith(published, { ...follows, 'belfry.no-pull': 'true' });
    await lab.run();
    assert.deepEqual(lab.endings(), ['web checked']);
    const local = labWith(published);
    const images = async () => (await local.engine.images()).map((image) => ({ ...image, origin: 'local' as const }));
    await runCycle({ ...local.context(), engine: { ...local.engine, images } }, updates);
    assert.deepEqual(local.endings(), ['web skipped IMAGE_LOCAL']);
    assert.deepEqual([...lab.registry.questions.tags, ...local.registry.questions.tags], []);
  });
});

describe('an update to a newer tag that fails', () => {
  test('leaves the original as it was, and neither the new image nor its tag behind', async () => {
    const lab = labWith(published, follows, { plugins: [fails] });
    const before = await lab.engine.inspect('web');
    await lab.run();
    assert.deepEqual(lab.endings(), ['web failed UNHEALTHY']);
    const after = await lab.engine.inspect('web');
    assert.deepEqual([after.Id, after.Config.Image, after.State.Running], [before.Id, `${repository}:1.0.0`, true]);
    assert.equal(await tagged(lab, '1.0.0'), before.Image);
    const names = (await lab.engine.images()).flatMap(({ repoTags }) => repoTags);
    assert.deepEqual(names, [`${repository}:1.0.0`]);
  });

  for (const [when, options, fault] of [
    ['its health checks fail', { plugins: [fails] }, undefined],
    ['it cannot be created', {}, 'create'],
  ] as const) {
    test(`points the new tag back at what it named before, where ${when}`, async () => {
      const lab = labWith(published, follows, options);
      lab.engine.load(`${repository}:1.2.0`);
      const older = await tagged(lab, '1.2.0');
      put(lab, '1.2.0', { bytes: 7 });
      lab.engine.setFault(({ method }, phase) => {
        if (method === fault && phase === 'before') throw new Error('no such device');
      });
      await lab.run();
      assert.equal(lab.all('failed').length, 1);
      assert.equal(await tagged(lab, '1.2.0'), older);
      const [intent] = await intents(lab);
      assert.equal(intent?.tagBefore, older);
    });
  }

  test('is not tried again, until there is a newer one', async () => {
    const bad: Wiring = {
      checkHealth: ({ to }) =>
        to.version === '1.2.0' ? { verdict: 'unhealthy', reason: 'it does not answer' } : undefined,
    };
    const lab = labWith(published, follows, { plugins: [bad] });
    await lab.run();
    await lab.run();
    assert.deepEqual(lab.endings(), ['web failed UNHEALTHY', 'web skipped DIGEST_REJECTED']);
    put(lab, '1.2.1');
    await lab.run();
    assert.equal(lab.endings().at(-1), 'web recreated');
    assert.equal((await lab.engine.inspect('web')).Config.Image, `${repository}:1.2.1`);
  });

  test('brings a --rm container back under its old tag, wherever that has moved', async () => {
    const hostConfig = { AutoRemove: true };
    const lab = createLab({ plugins: [fails] });
    for (const tag of published) put(lab, tag);
    lab.engine.run('web', { image: `${repository}:1.0.0`, config: { Labels: follows }, hostConfig });
    const { Image } = await lab.engine.inspect('web');
    put(lab, '1.0.0', { bytes: 3 });
    lab.engine.load(`${repository}:1.0.0`);
    const moved = await tagged(lab, '1.0.0');
    await lab.run();
    assert.equal(lab.one('failed').outcome, 'rolled-back');
    const after = await lab.engine.inspect('web');
    assert.deepEqual([after.Image, after.Config.Image, after.State.Running], [Image, `${repository}:1.0.0`, true]);
    assert.equal(await tagged(lab, '1.0.0'), moved);
  });
});

describe('a roll back of a newer tag', () => {
  test('goes back to the old reference, and leaves the new one alone from then on', async () => {
    const lab = labWith(published);
    const before = await lab.engine.inspect('web');
    await lab.run();
    await lab.run({ names: ['web'] }, rollbackTo('web'));
    const after = await lab.engine.inspect('web');
    assert.deepEqual([after.Image, after.Config.Image], [before.Image, `${repository}:1.0.0`]);
    assert.equal(await tagged(lab, '1.0.0'), before.Image);
    const [, back] = lab.all('recreated');
    assert.deepEqual([back?.from.reference, back?.to.reference], [`${repository}:1.2.0`, `${repository}:1.0.0`]);
    await lab.run();
    assert.equal(lab.endings().at(-1), 'web skipped DIGEST_REJECTED');
    put(lab, '1.2.1');
    await lab.run();
    assert.equal((await lab.engine.inspect('web')).Config.Image, `${repository}:1.2.1`);
  });

  test('has its image pulled again by digest, and named again, where it was cleaned up', async () => {
    const selectCleanup = (images: readonly { readonly imageId: string }[]) =>
      ({ verdict: 'remove', images: images.map(({ imageId }) => imageId) }) as const;
    const lab = labWith(published, follows, { plugins: [{ selectCleanup }], settings: { rollbackGrace: 0 } });
    const { Image } = await lab.engine.inspect('web');
    await lab.run();
    const { images } = lab.one('cleaned');
    assert.ok(images.includes(`${repository}:1.0.0`), images.join());
    assert.deepEqual(
      (await lab.engine.images()).flatMap(({ repoTags }) => repoTags),
      [`${repository}:1.2.0`],
    );
    await lab.run({ names: ['web'] }, rollbackTo('web'));
    assert.equal((await lab.engine.inspect('web')).Image, Image);
    assert.equal(await tagged(lab, '1.0.0'), Image);
  });

  test('that fails leaves the newer one in charge, and the old tag where it was', async () => {
    const bad: Wiring = {
      checkHealth: ({ to }) => (to.version === '1.0.0' ? { verdict: 'unhealthy', reason: 'no' } : undefined),
    };
    const lab = labWith(published, follows, { plugins: [bad] });
    await lab.run();
    put(lab, '1.0.0', { bytes: 5 });
    lab.engine.load(`${repository}:1.0.0`);
    const rebuilt = await tagged(lab, '1.0.0');
    await lab.run({ names: ['web'] }, rollbackTo('web'));
    assert.equal(lab.one('failed').outcome, 'rolled-back');
    assert.equal((await lab.engine.inspect('web')).Config.Image, `${repository}:1.2.0`);
    assert.equal(await tagged(lab, '1.0.0'), rebuilt);
  });
});

describe('containers of one image in one project that follow', () => {
  const project = { 'com.docker.compose.project': 'shop' };
  const shop = (plugins: readonly Wiring[], second: Readonly<Record<string, string>> = follows) => {
    const lab = labWith(published, { ...project, ...follows }, { plugins });
    lab.engine.run('web-2', { image: `${repository}:1.0.0`, config: { Labels: { ...project, ...second } } });
    return lab;
  };

  test('move on as one', async () => {
    const lab = shop([]);
    await lab.run();
    assert.deepEqual(lab.endings(), ['web recreated', 'web-2 recreated']);
    const all: { readonly group?: readonly string[] }[] = [...(await intents(lab))];
    assert.deepEqual(
      all.map(({ group }) => group),
      [
        ['web', 'web-2'],
        ['web', 'web-2'],
      ],
    );
  });

  test('go back as one', async () => {
    const checkHealth: Wiring['checkHealth'] = ({ workload }) =>
      workload.name === 'web-2' ? { verdict: 'unhealthy', reason: 'no' } : undefined;
    const lab = shop([{ checkHealth }]);
    await lab.run();
    assert.deepEqual(lab.endings(), ['web failed GROUP_ROLLED_BACK', 'web-2 failed UNHEALTHY']);
    for (const name of ['web', 'web-2']) {
      assert.equal((await lab.engine.inspect(name)).Config.Image, `${repository}:1.0.0`);
    }
    await lab.run();
    assert.deepEqual(lab.endings().slice(2).toSorted(), [
      'web skipped DIGEST_REJECTED',
      'web-2 skipped DIGEST_REJECTED',
    ]);
  });

  test('leave the one behind that does not', async () => {
    const lab = shop([], {});
    await lab.run();
    assert.deepEqual(lab.endings().toSorted(), ['web recreated', 'web-2 checked']);
  });
});

async function intents({ journal }: Lab) {
  const found = [];
  for await (const record of journal.read(0)) if (record.kind === 'intent') found.push(record);
  return found;
}

import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { digestOf } from '../../core/demo/layer.ts';
import { destinationOf, pushBlob, pushManifest } from '../../core/demo/push.ts';
import type { BelfryEvent } from '../../core/events.ts';
import { publish } from '../kit/images.ts';
import { app, assertUntouched, openScene, type Scene } from './scene.ts';

/** A folder that containers can write into, with a configuration in it. */
async function folderWith(
  t: TestContext,
  config: object,
): Promise<{ readonly path: string; readonly flags: string[] }> {
  const path = await mkdtemp('/tmp/belfry-hooks-');
  t.after(() => rm(path, { recursive: true }));
  await chmod(path, 0o777);
  await writeFile(join(path, 'config.json'), JSON.stringify(config));
  return { path, flags: ['--config', join(path, 'config.json')] };
}

/** What the journal tells: the last event about each container, by name, and the history as people see it. */
async function told(scene: Scene) {
  const [events, history] = await Promise.all([
    scene.start(['events', '--json']).done,
    scene.start(['history', '--json']).done,
  ]);
  const lines = events.stdout.trim().split('\n');
  const all = lines.map((line) => (JSON.parse(line) as { readonly event: BelfryEvent }).event);
  const last = new Map(all.map((event) => [event.workload?.name, event]));
  const { entries } = history.json<{ readonly entries: readonly BelfryEvent[] }>();
  return { last, history: new Map(entries.map((event) => [event.workload?.name, event])) };
}

test('hooks run in their order, in the container and beside Belfry, and what they refuse is left alone and told', async (t) => {
  const script = 'echo "$BELFRY_EVENT of $BELFRY_NAME" >> log; case $BELFRY_NAME in *-cache) echo in use; exit 1; esac';
  const { path, flags } = await folderWith(t, {
    lifecycleHooks: true,
    lifecycleUid: 1000,
    plugins: [
      { use: 'scripts', config: { scripts: [{ on: ['beforeReplace', 'afterUpdate'], run: ['sh', '-c', script] }] } },
    ],
  });
  const scene = await openScene(t);
  const log = async () => (await readFile(join(path, 'log'), 'utf8').catch(() => '')).trim().split('\n');
  const deploy = async (short: string, preUpdate: string) => {
    const hook = (name: string) => `echo "${name} in ${short} $(hostname) as $(id -u):$(id -g)" >> /hooks/log`;
    const Labels = {
      'belfry.lifecycle.pre-check': hook('pre-check'),
      'com.centurylinklabs.watchtower.lifecycle.post-check': hook('post-check'),
      'com.centurylinklabs.watchtower.lifecycle.pre-update': `${hook('pre-update')}; ${preUpdate}`,
      'com.centurylinklabs.watchtower.lifecycle.post-update': hook('post-update'),
      'com.centurylinklabs.watchtower.lifecycle.gid': '1001',
    };
    const name = await scene.deploy(short, { create: { Labels, HostConfig: { Binds: [`${path}:/hooks`] } } });
    await scene.release(short, '2');
    return { name, before: await scene.inspect(name) };
  };
  const web = await deploy('web', 'true');
  const game = await deploy('game', 'echo players are on; exit 75');
  const cache = await deploy('cache', 'true');

  for (const args of [['check'], ['update', '--dry-run']]) {
    const looked = await scene.belfry(...args, ...flags);
    assert.deepEqual(looked.code, 0, looked.stderr);
  }
  assert.deepEqual(await log(), [''], 'who only looks runs nothing');

  const run = await scene.belfry('update', ...flags);
  assert.equal(run.item(web.name).state, 'recreated', run.stderr);
  const after = await scene.inspect(web.name);
  const [old, fresh] = [web.before.Id.slice(0, 12), after.Id.slice(0, 12)];
  const ofWeb = (await log()).filter((line) => / web | of .*-web$/.test(line));
  assert.deepEqual(ofWeb, [
    `pre-check in web ${old} as 1000:1001`,
    `beforeReplace of ${web.name}`,
    `pre-update in web ${old} as 1000:1001`,
    `afterUpdate of ${web.name}`,
    `post-update in web ${fresh} as 1000:1001`,
    `post-check in web ${fresh} as 1000:1001`,
  ]);
  const ofOthers = (await log()).filter((line) => /(update|Replace|Update) .*(game|cache)/.test(line));
  assert.deepEqual(ofOthers.map((line) => line.replace(/ in \w+ \w+ as .*/, '')).toSorted(), [
    `beforeReplace of ${cache.name}`,
    `beforeReplace of ${game.name}`,
    'pre-update',
  ]);

  const { last, history } = await told(scene);
  for (const [{ name, before }, refuser, reason] of [
    [game, 'lifecycle', 'its pre-update command says not now: players are on'],
    [cache, 'scripts', 'sh ended with exit code 1: in use'],
  ] as const) {
    const { state, by, problem } = run.item(name);
    assert.deepEqual([state, by, problem?.code, problem?.message], ['available', refuser, 'GATE_REFUSED', reason]);
    await assertUntouched(scene, before);
    for (const event of [last.get(name), history.get(name)]) {
      assert.ok(event?.type === 'skipped', event?.type);
      assert.deepEqual([event.by, event.code, event.reason], [refuser, 'GATE_REFUSED', reason]);
    }
  }
});

interface Signing {
  readonly image: string;
  /** Whose signature it is to be found as. */
  readonly digest: string;
  /** What it says of itself; the same unless given. */
  readonly signed?: string;
  readonly key: KeyObject;
}

/** Signs a digest as cosign does, and puts the signature where cosign does. */
async function pushSignature(scene: Scene, { image, digest, signed = digest, key }: Signing): Promise<void> {
  const repository = `${scene.prefix}/${image}`;
  const destination = destinationOf(scene.registry, `${repository}:${digest.replace(':', '-')}.sig`);
  const identity = { 'docker-reference': scene.reference(image) };
  const critical = { identity, image: { 'docker-manifest-digest': signed }, type: 'cosign container image signature' };
  const payload = Buffer.from(JSON.stringify({ critical, optional: null }));
  const config = Buffer.from('{}');
  for (const blob of [payload, config]) await pushBlob(destination, blob);
  const descriptor = (mediaType: string, blob: Buffer) => ({ mediaType, size: blob.length, digest: digestOf(blob) });
  const signature = sign('sha256', payload, key).toString('base64');
  const layer = {
    ...descriptor('application/vnd.dev.cosign.simplesigning.v1+json', payload),
    annotations: { 'dev.cosignproject.cosign/signature': signature },
  };
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const own = descriptor('application/vnd.oci.image.config.v1+json', config);
  await pushManifest(
    destination,
    mediaType,
    JSON.stringify({ schemaVersion: 2, mediaType, config: own, layers: [layer] }),
  );
}

test('of images that must be signed, only those with a trusted signature of their own digest are used', async (t) => {
  const pairs = [0, 1].map(() => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }));
  const [trusted, stranger] = pairs;
  assert.ok(trusted && stranger);
  const { path, flags } = await folderWith(t, {
    plugins: [{ use: 'signature', config: { keys: ['./cosign.pub'] } }],
  });
  await writeFile(join(path, 'cosign.pub'), trusted.publicKey.export({ type: 'spki', format: 'pem' }));
  const scene = await openScene(t);
  const deploy = async (short: string) => {
    const name = await scene.deploy(short);
    // Each is an image of its own, else a signature would be good for all of them.
    const image = app('2', { Labels: { 'org.example.name': short } });
    const digest = await publish(scene, `${short}:latest`, { ...image, shape: 'index' });
    return { name, short, digest, before: await scene.inspect(name) };
  };
  const good = await deploy('good');
  const bare = await deploy('bare');
  const forged = await deploy('forged');
  const copied = await deploy('copied');
  await pushSignature(scene, { image: 'good', digest: good.digest, key: trusted.privateKey });
  await pushSignature(scene, { image: 'forged', digest: forged.digest, key: stranger.privateKey });
  const key = trusted.privateKey;
  await pushSignature(scene, { image: 'copied', digest: copied.digest, signed: good.digest, key });

  const reasons = [
    [bare, /^sha256:\w{12} is not signed/],
    [forged, /^sha256:\w{12} its signature was not made with a key that is trusted here/],
    [copied, new RegExp(`^sha256:\\w{12} carries a signature for ${good.digest}`)],
  ] as const;
  for (const args of [['check'], ['update', '--dry-run'], ['update']]) {
    const run = await scene.belfry(...args, ...flags);
    for (const [{ name }, reason] of reasons) {
      const { state, by, problem } = run.item(name);
      assert.deepEqual([state, by, problem?.code], ['available', 'signature', 'GATE_REFUSED'], run.stderr);
      assert.match(problem?.message ?? '', reason);
    }
    const expected = args.length === 1 && args[0] === 'update' ? 'recreated' : 'available';
    assert.equal(run.item(good.name).state, expected);
  }
  const { last, history } = await told(scene);
  for (const [{ name, before }, reason] of reasons) {
    await assertUntouched(scene, before);
    for (const event of [last.get(name), history.get(name)]) {
      assert.ok(event?.type === 'skipped' && event.by === 'signature' && reason.test(event.reason), event?.type);
    }
  }
});

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Preview } from '../../core/cycle/preview.ts';
import { engineApi } from '../../core/demo/engine-api.ts';
import { deliver } from '../kit/deliver.ts';
import { assertOriginal, assertUntouched, idle, openScene, type Scene } from './scene.ts';

const composed = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' };

/** A container that Compose made, with files copied in before its start, that says at each start what it finds. */
async function deployComposed(scene: Scene): Promise<string> {
  const cat = 'cat /app.conf /run/secrets/key; ls -ln /run/secrets/key; echo written > /tmp/state';
  const { reference } = await scene.release('web', '1', speaking('1', cat));
  await engineApi(scene.engineHost).pull(reference);
  const name = scene.name('web');
  const Labels = { ...composed, 'belfry.scope': scene.scope };
  await scene.api('POST', `/containers/create?name=${name}`, { Image: reference, Labels, Tty: true });
  await deliver(scene.engineHost, name, { path: '/app.conf', content: 'listen 80\n' });
  await deliver(scene.engineHost, name, { path: '/run/secrets/key', content: 'k3y\n', mode: 0o440 });
  await scene.api('POST', `/containers/${name}/start`);
  return name;
}

const speaking = (version: string, script: string) => ({
  Env: [`RELEASE=${version}`],
  Cmd: ['sh', '-c', `${script}; ${idle}`],
});

async function said({ engineHost }: Scene, name: string): Promise<string> {
  const { body } = await engineApi(engineHost).ask('GET', `/containers/${name}/logs?stdout=1`);
  return body.toString();
}

describe('what lies in a container’s own layer', () => {
  test('FM34: files that Compose copied in go along with owner and mode, update after update', async (t) => {
    const scene = await openScene(t);
    const name = await deployComposed(scene);
    // What the program wrote before its latest start is not taken for a delivery.
    await scene.api('POST', `/containers/${name}/restart?t=1`);
    const dry = await dryRunAfterRelease(scene, name, '2');
    assert.deepEqual(dry.files.toSorted(), ['/app.conf', '/run/secrets/key']);

    for (const version of ['2', '3']) {
      await scene.release('web', version, speaking(version, 'cat /app.conf /run/secrets/key; ls -ln /run/secrets/key'));
      const run = await scene.belfry('update', name);
      assert.equal(run.item(name).state, 'recreated', run.stderr);
      const words = await said(scene, name);
      assert.match(words, /^listen 80\r\nk3y\r\n-r--r----- +1 0 +0 +4 /, words);
      const changes = await scene.api<readonly { readonly Path: string }[]>('GET', `/containers/${name}/changes`);
      assert.ok(!changes.some(({ Path }) => Path === '/tmp/state'));
    }
  });

  test('FM34: a copy that is refused keeps the container as it is', async (t) => {
    const scene = await openScene(t);
    const name = await deployComposed(scene);
    const before = await scene.inspect(name);
    await scene.release('web', '2');
    scene.engine.setFault(({ method, path }) =>
      method === 'PUT' && path.endsWith('/archive') ? { do: 'answer', status: 403 } : undefined,
    );
    const run = await scene.belfry('update', name);
    assert.equal(run.item(name).problem?.code, 'FILES_NOT_CARRIED', run.stderr);
    await assertUntouched(scene, before);
  });

  test('FM31: a large layer is named by a dry run and by doctor, and hinders no update', async (t) => {
    const scene = await openScene(t);
    const fill = 'dd if=/dev/zero of=/big bs=1000000 count=12';
    const name = await scene.deploy('web', { image: { Cmd: ['sh', '-c', `${fill}; touch /ready; ${idle}`] } });
    while ((await scene.existing(`/containers/${name}/archive?path=/ready`).catch(() => 'there')) === null)
      await delay(50);
    const { notPreserved } = await dryRunAfterRelease(scene, name, '2');
    assert.match(notPreserved.join(), /^12\.\d MB in its own layer, outside every volume \(\/big 12\.0 MB/);
    const doctor = await scene.start(['doctor']).done;
    assert.match(doctor.stdout, new RegExp(`warn {2}container ${name}: 12\\.\\d MB in its own layer`));
    const run = await scene.belfry('update', name);
    assert.equal(run.item(name).state, 'recreated', run.stderr);
  });
});

describe('a host folder that is bound', () => {
  test('FM33: and gone is found before anything stops', async (t) => {
    const scene = await openScene(t);
    const { source, name } = await deployBound(scene, t);
    const before = await scene.inspect(name);
    await rm(source, { recursive: true });
    await scene.release('web', '2');
    const run = await scene.belfry('update', name);
    assert.equal(run.item(name).problem?.code, 'ENGINE_REFUSED', run.stderr);
    await assertUntouched(scene, before);
  });

  test('FM33: and cannot be mounted in the new image is rolled back', async (t) => {
    const scene = await openScene(t);
    const { name } = await deployBound(scene, t);
    const before = await scene.inspect(name);
    await scene.push('web:latest', {
      layers: [{ '/srv': 'a file where the folder was' }],
      config: speaking('2', 'true'),
    });
    const run = await scene.belfry('update', name);
    assert.equal(run.item(name).outcome, 'rolled-back', run.stderr);
    await assertOriginal(scene, before);
  });
});

async function dryRunAfterRelease(scene: Scene, name: string, version: string): Promise<Preview> {
  await scene.release('web', version);
  const run = await scene.belfry('update', '--dry-run', name);
  const [preview] = run.json<{ readonly previews: readonly Preview[] }>().previews;
  assert.ok(preview, run.stderr);
  return preview;
}

async function deployBound(scene: Scene, t: { after(work: () => Promise<void>): void }) {
  const folder = await mkdtemp('/tmp/belfry-bound-');
  t.after(() => rm(folder, { recursive: true, force: true }));
  const source = `${folder}/data`;
  await mkdir(source);
  await writeFile(`${source}/file`, 'x');
  const HostConfig = { Mounts: [{ Type: 'bind', Source: source, Target: '/srv/data' }] };
  return { source, name: await scene.deploy('web', { create: { HostConfig } }) };
}

import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { describe, type TestContext, test } from 'node:test';
import { wantsPassword } from '../kit/fault-proxy.ts';
import { openRegistryProxy } from '../kit/registry-proxy.ts';
import { app, assertUntouched, openScene } from './scene.ts';

describe('a registry that wants credentials', { concurrency: 2 }, () => {
  test('FM68: is asked with what a helper says now, also when that was renewed while Belfry runs', async (t) => {
    const { scene, name, address, folder, renew } = await openGuarded(t);
    await writeFile(`${folder}/config.json`, JSON.stringify({ credHelpers: { [address]: 'test' } }));
    const tell = (password: string) =>
      writeFile(`${folder}/answer.json`, JSON.stringify({ ServerURL: address, Username: 'me', Secret: password }));
    await writeFile(`${folder}/docker-credential-test`, `#!/bin/sh\ncat ${folder}/answer.json\n`);
    await chmod(`${folder}/docker-credential-test`, 0o755);
    await tell('old-word');
    const env = { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env.PATH}` };
    const watch = scene.start(['watch', '--interval', '1h'], env);
    t.after(() => watch.child.kill('SIGKILL'));
    await watch.printed('stderr', /next run/);
    const before = await scene.inspect(name);
    await scene.release('web', '2');
    renew('second');

    const stale = await scene.belfry('update');
    assert.deepEqual([stale.code, stale.item(name).problem?.code], [1, 'REGISTRY_UNAUTHORIZED']);
    assert.equal(stale.stdout.includes('old-word'), false, 'the secret is not told');
    await assertUntouched(scene, before);

    // Of every length modulo three, since the engine gets them in base64.
    for (const password of ['second', 'second+', 'second~~']) {
      renew(password);
      await tell(password);
      await scene.release('web', `2 for ${password}`);
      const renewed = await scene.belfry('update');
      assert.deepEqual([renewed.code, renewed.item(name).state], [0, 'recreated'], renewed.stdout);
    }
    watch.child.kill('SIGTERM');
    assert.equal((await watch.done).code, 0);
  });

  for (const [title, config, problem] of [
    ['without any', {}, /credentials/],
    ['with those of a helper that is not installed', { credsStore: 'nowhere' }, /docker-credential-nowhere/],
  ] as const) {
    test(`FM68: is not passed ${title}, which is said and touches nothing`, async (t) => {
      const { scene, name, folder } = await openGuarded(t);
      await scene.release('web', '2');
      const before = await scene.inspect(name);
      await writeFile(`${folder}/config.json`, JSON.stringify(config));
      const run = await scene.start(['update', '--json'], { DOCKER_CONFIG: folder }).done;
      assert.equal(run.code, 1);
      assert.match(run.stdout, problem);
      await assertUntouched(scene, before);
    });
  }
});

/** A container whose image comes from a registry with a password; it begins as `old-word`. */
async function openGuarded(t: TestContext) {
  const scene = await openScene(t);
  let password = 'old-word';
  const proxy = await openRegistryProxy(scene.registry);
  const folder = await mkdtemp('/tmp/belfry-credentials-');
  t.after(async () => {
    await proxy.close();
    await rm(folder, { recursive: true, force: true });
  });
  await scene.push('web:latest', app('1', { Labels: { 'org.example.test': scene.prefix } }));
  const name = await scene.run('web', { Image: scene.reference('web:latest', proxy.address) });
  proxy.setFault(wantsPassword('me', () => password));
  const renew = (next: string) => {
    password = next;
  };
  return { scene, name, folder, renew, address: proxy.address };
}

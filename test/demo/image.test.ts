import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { officialBusybox } from '../../core/demo/base.ts';
import { engineApi } from '../../core/demo/engine-api.ts';
import { exchange } from '../../core/demo/exchange.ts';
import { webService } from '../../core/demo/web-service.ts';
import type { ImageDetails } from '../../core/engine/port.ts';
import { type Environment, openEnvironment } from '../kit/environment.ts';
import { until } from '../kit/until.ts';

describe('an image made without a build', () => {
  let environment: Environment;
  before(async () => {
    environment = await openEnvironment();
  });
  after(() => environment.close());

  /** The manifest that the registry holds under a tag. */
  async function manifest(repository: string, tag: string) {
    const [host = '', port] = environment.registry.split(':');
    const answer = await exchange(
      { host, port: Number(port) },
      {
        method: 'GET',
        path: `/v2/${environment.prefix}/${repository}/manifests/${tag}`,
        headers: { accept: ['index', 'manifest'].map((kind) => `application/vnd.oci.image.${kind}.v1+json`).join() },
      },
    );
    return { digest: answer.headers['docker-content-digest'], ...JSON.parse(answer.body.toString()) };
  }

  test('runs on the engine and answers `web 1`', async () => {
    const { reference } = await environment.push('web:1', webService('1'));
    const web = await environment.run('web', { Image: reference });
    assert.equal(await until('an answer', () => environment.answers(web).catch(() => undefined)), 'web 1');
  });

  test('has the image id and the digest that the push names', async () => {
    const pushed = await environment.push('named:1', webService('named'));
    await engineApi(environment.engineHost).pull(pushed.reference);
    const image = await environment.api<ImageDetails>('GET', `/images/${pushed.reference}/json`);
    assert.equal(image.Id, pushed.configDigest);
    assert.deepEqual(image.RepoDigests, [`${environment.reference('named')}@${pushed.digest}`]);
  });

  test('has the same digest each time it is made, and another with another creation date', async () => {
    const first = await environment.push('same:1', webService('1'));
    const again = await environment.push('same:2', webService('1'));
    const later = await environment.push('same:3', { ...webService('1'), created: '2025-01-01T00:00:00Z' });
    assert.equal(first.digest, again.digest);
    assert.notEqual(first.digest, later.digest);
  });

  test('carries files, folders, links and modes', async () => {
    const { reference } = await environment.push('files:1', {
      layers: [
        {
          '/srv/deep/run.sh': { content: '#!/bin/sh\necho ran as $(id -un)\n', mode: 0o755 },
          '/srv/open': { folder: true, mode: 0o777 },
          '/srv/link': { link: 'deep/run.sh' },
        },
      ],
      config: {
        Cmd: ['sh', '-c', '/srv/link && stat -c "%a %n" /srv/deep /srv/open /srv/deep/run.sh'],
        User: 'nobody',
      },
    });
    const name = await environment.run('files', { Image: reference, Tty: true });
    await environment.api('POST', `/containers/${name}/wait`);
    const logs = await engineApi(environment.engineHost).ask('GET', `/containers/${name}/logs?stdout=1`);
    assert.deepEqual(logs.body.toString().trim().split('\r\n'), [
      'ran as nobody',
      '755 /srv/deep',
      '777 /srv/open',
      '755 /srv/deep/run.sh',
    ]);
  });

  test('can be one of several platforms, of which the engine pulls its own', async () => {
    const own = await environment.push('multi:own', { ...webService('own'), oci: true });
    const other = { os: 'linux', architecture: 's390x', variant: null };
    const foreign = await environment.push('multi:foreign', { ...webService('foreign'), platform: other, oci: true });
    const index = await environment.pushIndex('multi:1', { images: [foreign, own], attestations: true });
    const held = await manifest('multi', '1');
    assert.equal(held.digest, index.digest);
    assert.deepEqual(
      held.manifests.map((one: { platform: { architecture: string } }) => one.platform.architecture),
      ['s390x', environment.base.platform.architecture, 'unknown', 'unknown'],
    );
    await engineApi(environment.engineHost).pull(index.reference);
    const image = await environment.api<ImageDetails>('GET', `/images/${index.reference}/json`);
    assert.equal(image.Config?.Labels?.['org.opencontainers.image.version'], 'own');
    assert.deepEqual(image.RepoDigests, [`${environment.reference('multi')}@${index.digest}`]);
  });

  test('can stand in a Docker manifest list', async () => {
    const image = await environment.push('list:own', webService('1'));
    const list = await environment.pushIndex('list:1', { images: [image], docker: true });
    assert.equal(list.mediaType, 'application/vnd.docker.distribution.manifest.list.v2+json');
    await engineApi(environment.engineHost).pull(list.reference);
  });

  test('that does not exist makes the pull fail with the engine’s words', async () => {
    await assert.rejects(engineApi(environment.engineHost).pull(environment.reference('nothing:1')), {
      code: 'DEMO_PART_FAILED',
      message: /nothing:1: 404 .*not found/,
    });
  });

  test('can lend its busybox to another, where the machine has none of its own', async () => {
    const { reference } = await environment.push('busybox:musl', {});
    const busybox = await officialBusybox(environment.engineHost, reference);
    assert.equal(busybox.subarray(1, 4).toString(), 'ELF');
    assert.deepEqual(
      await engineApi(environment.engineHost)
        .ask('GET', `/images/${reference}/json`)
        .then(({ status }) => status),
      404,
    );
  });
});

describe('the web service', () => {
  let environment: Environment;
  before(async () => {
    environment = await openEnvironment();
  });
  after(() => environment.close());

  async function start(version: string, options: Parameters<typeof webService>[1]) {
    const { reference } = await environment.push(`${version}:1`, webService(version, options));
    return environment.run(version, { Image: reference });
  }

  test('stops at once with code 0 when asked to', async () => {
    const web = await start('prompt', {});
    await until('an answer', () => environment.answers(web).catch(() => undefined));
    await environment.api('POST', `/containers/${web}/stop`);
    assert.equal((await environment.inspect(web)).State.ExitCode, 0);
  });

  const health = async (name: string) => (await environment.inspect(name)).State.Health?.Status;

  test('becomes healthy where it has a health check', async () => {
    const web = await start('healthy', { healthcheck: true });
    await until('healthy', async () => (await health(web)) === 'healthy');
  });

  test('becomes unhealthy while it serves, where that is its fault', async () => {
    const web = await start('sick', { fault: 'unhealthy' });
    await until('unhealthy', async () => (await health(web)) === 'unhealthy');
    assert.equal(await environment.answers(web), 'web sick');
  });

  test('exits soon after its start, where that is its fault', async () => {
    const web = await start('dying', { fault: 'exits' });
    assert.equal((await environment.inspect(web)).State.Running, true);
    const { StatusCode } = await environment.api<{ StatusCode: number }>('POST', `/containers/${web}/wait`);
    assert.equal(StatusCode, 1);
  });
});

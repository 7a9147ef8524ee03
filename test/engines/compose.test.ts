import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineApi } from '../../core/demo/engine-api.ts';
import { app, idle, openScene, type Scene } from '../e2e/scene.ts';
import { openProject } from './compose.ts';

const settings = '/etc/settings.conf';

/** Two services with what Compose users write down most. */
function project(scene: Scene, images: { readonly db: string; readonly web: string }): object {
  const labels = { 'belfry.scope': scene.scope };
  return {
    services: {
      db: {
        ...{ image: images.db, labels: { ...labels, role: 'data store' }, stop_grace_period: '3s' },
        command: ['sh', '-c', `ls -ln ${settings}; cat ${settings}; ${idle}`],
        configs: [{ source: 'settings', target: settings, uid: '1000', gid: '1001', mode: 0o440 }],
        environment: { MODE: 'mine', EMPTY: '' },
        volumes: ['data:/srv/data', '/srv/unnamed', '/usr:/srv/host:ro', { type: 'tmpfs', target: '/srv/memory' }],
        networks: { back: { aliases: ['database'] } },
        healthcheck: { test: ['CMD', 'true'], interval: '1s', timeout: '2s', retries: 3, start_period: '1s' },
        logging: { driver: 'json-file', options: { 'max-size': '1m' } },
      },
      web: {
        ...{ image: images.web, labels, restart: 'unless-stopped', hostname: 'front', init: true },
        command: ['sh', '-c', `echo ${'$$'}MODE; ${idle}`],
        depends_on: { db: { condition: 'service_healthy' } },
        ports: ['127.0.0.1::80'],
        networks: ['back', 'default'],
        extra_hosts: ['gateway.example.org:10.0.0.1'],
        ulimits: { nofile: { soft: 512, hard: 1024 } },
        ...{ mem_limit: '64m', cap_drop: ['MKNOD'], read_only: true, dns_search: ['example.org'] },
      },
    },
    configs: { settings: { content: 'written by Compose\n' } },
    volumes: { data: { labels } },
    networks: { back: { labels }, default: { labels } },
  };
}

/** What the database saw of the file that Compose copied in, at its last start. */
async function seen({ engineHost }: Scene, id: string | undefined): Promise<string> {
  const { body } = await engineApi(engineHost).ask('GET', `/containers/${id}/logs?stdout=1&tail=2`);
  return body.toString();
}

const asCompose = /-r--r----- +1 1000 +1001 +19 .*written by Compose/s;

describe('a project of Compose', () => {
  test('FM34, FM44, FM84: that Belfry has updated has nothing to recreate, and restarts', async (t) => {
    const scene = await openScene(t);
    const push = async (short: string, version: string) => (await scene.release(short, version)).reference;
    const images = { db: await push('db', '1'), web: await push('web', '1') };
    const { compose, ids } = await openProject(t, scene, project(scene, images));
    const first = await ids();
    assert.match(await seen(scene, first.db), asCompose);
    for (const short of ['db', 'web']) await scene.release(short, '2');

    const run = await scene.belfry('update');
    assert.equal(run.code, 0, run.stderr);
    assert.equal(run.report.counts.recreated, 2, run.stderr);
    const updated = await ids();
    assert.deepEqual(Object.keys(updated), ['db', 'web']);
    for (const service of ['db', 'web']) assert.notEqual(updated[service], first[service], service);
    assert.match(await seen(scene, updated.db), asCompose);

    const said = await compose('up', '--detach', '--wait');
    assert.deepEqual(await ids(), updated, said);
    assert.doesNotMatch(said, /Recreate/);

    for (const [service, id] of Object.entries(updated)) {
      await scene.api('POST', `/containers/${id}/restart?t=3`);
      assert.ok((await scene.inspect(id)).State.Running, service);
    }
    await compose('up', '--detach', '--wait');
    assert.deepEqual(await ids(), updated, 'also after a restart');
  });

  test('is still recreated by Compose where it is told to', async (t) => {
    const scene = await openScene(t);
    const { reference: image } = await scene.push('web:latest', app('1'));
    const labels = { 'belfry.scope': scene.scope };
    const { compose, ids } = await openProject(t, scene, { services: { web: { image, labels } } });
    await scene.release('web', '2');
    assert.equal((await scene.belfry('update')).code, 0);
    const updated = await ids();
    await compose('up', '--detach', '--force-recreate');
    assert.notEqual((await ids()).web, updated.web);
    assert.deepEqual(Object.keys(await ids()), ['web']);
  });
});

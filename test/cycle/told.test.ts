import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { unhealthy } from '../../core/plugin.ts';
import { createLab, runs } from './lab.ts';

describe('a cycle tells', () => {
  const labels = {
    'belfry.notify': 'ops',
    'com.centurylinklabs.watchtower.enable': 'true',
    'com.centurylinklabs.watchtower.lifecycle.pre-update': 'mysqldump -psecret',
    'traefik.http.middlewares.auth.basicauth.users': 'admin:hash',
  };

  test('of an update how long its phases took, since when it was known, and for what platform it is', async () => {
    const lab = createLab();
    lab.behind('web', { labels, image: { labels: { 'org.opencontainers.image.url': 'https://example.org' } } });
    const { finished } = await lab.run();
    const [item] = finished.items;
    assert.equal(item?.state, 'recreated');
    assert.equal(item?.firstSeen, lab.one('found').firstSeen);
    assert.deepEqual(Object.keys(item?.timings ?? {}).toSorted(), ['health', 'pull', 'start', 'stop']);
    assert.ok(Object.values(item?.timings ?? {}).every((time) => typeof time === 'number' && time >= 0));
    assert.equal(item?.to?.url, 'https://example.org');
    assert.match(item?.to?.platform ?? '', /^linux\//);
    assert.deepEqual(finished.engine, { name: 'Docker', version: (await lab.engine.info()).version });
  });

  test('only those labels of a container that are meant for Belfry, and no commands', async () => {
    const lab = createLab();
    lab.behind('web', { labels });
    const { finished } = await lab.run();
    assert.deepEqual(Object.keys(finished.items[0]?.workload.labels ?? {}).toSorted(), [
      'belfry.notify',
      'com.centurylinklabs.watchtower.enable',
    ]);
  });

  test('of a failure in which phase it broke, and what its undoing took', async () => {
    const lab = createLab({ plugins: [{ checkHealth: () => unhealthy('it answered 500') }] });
    lab.behind('web');
    const { finished } = await lab.run();
    const [item] = finished.items;
    assert.deepEqual([item?.phase, item?.outcome], ['verify', 'rolled-back']);
    assert.deepEqual([item?.rollback?.status, item?.rollback?.running], ['ok', true]);
    assert.equal(typeof item?.rollback?.durationMs, 'number');
    assert.equal(typeof item?.timings?.health, 'number');
  });

  test('of a new container that ends by itself its exit code', async () => {
    const lab = createLab({ plugins: [{ checkHealth: async () => void (await lab.engine.clock.sleep(5000)) }] });
    lab.behind('web');
    const digest = lab.registry.put('registry.example/web:1', runs);
    lab.engine.behave(`registry.example/web@${digest}`, { exitsAfter: 100, exitCode: 3, says: ['no licence'] });
    const { finished } = await lab.run();
    const [item] = finished.items;
    assert.deepEqual([item?.outcome, item?.exitCode, item?.logTail], ['rolled-back', 3, ['no licence']]);
  });
});

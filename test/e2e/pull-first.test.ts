import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRegistryProxy } from '../kit/registry-proxy.ts';
import { app, openScene } from './scene.ts';

test('FM83: once the first container is stopped, nothing is asked of a registry any more', async (t) => {
  const scene = await openScene(t);
  const registry = await openRegistryProxy(scene.registry);
  t.after(() => registry.close());
  const shorts = ['app', 'dns', 'web'];
  for (const short of shorts) {
    const Image = scene.reference(`${short}:latest`, registry.address);
    await scene.release(short, '1');
    await scene.run(short, { Image });
  }
  for (const short of shorts) await scene.push(`${short}:latest`, { ...app('2'), layers: [{ '/own': short }] });

  const order: string[] = [];
  scene.engine.setFault(({ path }) => {
    const [, what] = /(images\/create|\/stop|\/start)$/.exec(path) ?? [];
    if (what !== undefined) order.push(what.replace(/.*\//, ''));
    return undefined;
  });
  registry.setFault(() => {
    order.push('registry');
    return undefined;
  });
  const run = await scene.belfry('update');
  assert.equal(run.report.counts.recreated, 3, run.stderr);
  const fromFirstStop = order.slice(order.indexOf('stop'));
  assert.deepEqual(fromFirstStop, ['stop', 'start', 'stop', 'start', 'stop', 'start']);
  assert.equal(order.filter((what) => what === 'create').length, 3);
});

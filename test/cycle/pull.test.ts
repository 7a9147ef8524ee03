import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runCycle, updates } from '../../core/cycle/cycle.ts';
import type { PullProgress } from '../../core/engine/port.ts';
import { unhealthy } from '../../core/plugin.ts';
import { createLab, type Lab, runs } from './lab.ts';

const methods = ({ engine }: Lab) => engine.calls.map(({ method }) => method);

describe('pulling', () => {
  test('FM83: is done for all before the first container is stopped', async () => {
    const lab = createLab();
    for (const name of ['db', 'web', 'app']) lab.behind(name);
    await lab.run();
    const order = methods(lab).filter((method) => method === 'pull' || method === 'stop');
    assert.deepEqual(order, ['pull', 'pull', 'pull', 'stop', 'stop', 'stop']);
    assert.equal(lab.all('pulled').length, 3);
  });

  test('is done once for an image that several containers run', async () => {
    const lab = createLab();
    lab.behind('web');
    lab.registry.put('registry.example/web:1', runs);
    lab.engine.run('twin', { image: 'registry.example/web:1' });
    lab.registry.put('registry.example/web:1', { ...runs, bytes: 2 });
    await lab.run();
    assert.deepEqual(lab.endings(), ['twin recreated', 'web recreated']);
    assert.equal(methods(lab).filter((method) => method === 'pull').length, 1);
    assert.equal(lab.all('pulled').length, 1);
  });

  test('is by digest, so that no tag moves, with the credentials of its registry', async () => {
    const lab = createLab();
    lab.registry.setCredentials('registry.example', {
      username: 'me',
      password: 'x',
      serveraddress: 'registry.example',
    });
    lab.behind('web');
    await lab.run();
    const pull = lab.engine.calls.find(({ method }) => method === 'pull');
    const [name, options] = pull?.args ?? [];
    assert.equal(name, `registry.example/web@${lab.one('found').to.digest}`);
    assert.equal((options as { credentials: { username: string } }).credentials.username, 'me');
  });

  test('is not done for an image that is here already', async () => {
    const lab = createLab();
    lab.behind('web');
    lab.engine.load('registry.example/web:1');
    await lab.run();
    assert.deepEqual(lab.endings(), ['web recreated']);
    assert.equal(methods(lab).includes('pull'), false);
    assert.deepEqual(lab.all('pulled'), []);
  });

  test('shows how it goes on', async () => {
    const lab = createLab();
    lab.behind('web', { image: { bytes: 100 } });
    const seen: PullProgress[] = [];
    await runCycle({ ...lab.context(), onPull: (_, progress) => seen.push(progress) }, updates);
    assert.deepEqual(
      seen.map(({ bytesDone }) => bytesDone),
      [50, 100],
    );
    assert.equal(lab.one('pulled').bytes, 100);
  });
});

test('an image that one container could not run is still there for the next that wants it', async () => {
  const lab = createLab({
    plugins: [{ checkHealth: ({ workload }) => (workload.name === 'app' ? unhealthy('500') : undefined) }],
  });
  lab.registry.put('registry.example/web:1', runs);
  for (const name of ['app', 'web']) lab.engine.run(name, { image: 'registry.example/web:1' });
  lab.registry.put('registry.example/web:1', { ...runs, bytes: 2 });
  await lab.run();
  assert.deepEqual(lab.endings(), ['app failed UNHEALTHY', 'web recreated']);
});

describe('FM58: a pull that fails', () => {
  test('touches no container, and keeps no other from its update', async () => {
    const lab = createLab();
    const id = lab.behind('web');
    lab.behind('app');
    lab.engine.setFault(({ method, args }) => {
      if (method === 'pull' && String(args[0]).includes('/web@')) throw new Error('unexpected EOF');
    });
    await lab.run();
    assert.deepEqual(lab.endings(), ['web failed UNEXPECTED', 'app recreated']);
    const { phase, outcome, to } = lab.one('failed');
    assert.deepEqual([phase, outcome, to?.version], ['pull', 'unchanged', '1.1.0']);
    assert.equal((await lab.engine.inspect('web')).Id, id);
  });

  test('is a failure of its own when it ends well and brings nothing', async () => {
    const lab = createLab();
    lab.behind('web');
    const engine = { ...lab.engine, pull: async () => {} };
    await runCycle({ ...lab.context(), engine }, updates);
    assert.deepEqual(lab.endings(), ['web failed PULL_INCOMPLETE']);
  });

  test('is none of the image’s faults when Belfry is asked to stop', async () => {
    const lab = createLab();
    lab.behind('web');
    lab.behind('app');
    lab.engine.setFault(({ method }) => {
      if (method === 'pull') lab.stop.abort();
    });
    await lab.run();
    assert.deepEqual(lab.endings().toSorted(), ['app skipped CYCLE_STOPPED', 'web skipped CYCLE_STOPPED']);
  });
});

test('FM63: an image for another platform is refused before anything is stopped', async () => {
  const lab = createLab();
  lab.behind('web', { image: { platform: { os: 'linux', architecture: 'arm64', variant: null } } });
  await lab.run();
  assert.deepEqual(lab.endings(), ['web failed REGISTRY_PLATFORM_MISSING']);
  assert.equal(methods(lab).includes('stop'), false);
});

test('FM63: an image that turns out to be for another platform once it is here is refused too', async () => {
  const lab = createLab();
  lab.behind('web');
  const { inspectImage } = lab.engine;
  const engine = {
    ...lab.engine,
    inspectImage: async (name: string) => {
      const image = await inspectImage(name);
      return name.includes('@') ? { ...image, Architecture: 'arm64' } : image;
    },
  };
  await runCycle({ ...lab.context(), engine }, updates);
  assert.deepEqual(lab.endings(), ['web failed IMAGE_PLATFORM_MISMATCH']);
  assert.equal(methods(lab).includes('stop'), false);
});

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { describe, type TestContext, test } from 'node:test';
import { engineApi } from '../../core/demo/engine-api.ts';
import { unpackFirst } from '../../core/demo/tar.ts';
import { app, assertOriginal, assertUntouched, idle, openScene, type Run, type Scene } from './scene.ts';

const coolDown = `
import { definePlugin, defer, z } from 'belfry/plugin';
export default definePlugin({
  name: 'cool-down', apiVersion: 1, summary: 'Waits until an image is old enough.',
  config: z.strictObject({ hours: z.number() }),
  setup: ({ config, now }) => ({
    beforeUpdate: ({ firstSeen }) =>
      now() - Date.parse(firstSeen) < config.hours * 3_600_000 ? defer(firstSeen) : undefined,
  }),
});
`;

const noMajor = `
import { definePlugin, veto } from 'belfry/plugin';
const beforeUpdate = ({ bump }) => (bump === 'major' ? veto('a new major version') : undefined);
export default definePlugin({ name: 'no-major', apiVersion: 1, summary: 'A gate.', setup: () => ({ beforeUpdate }) });
`;

const readsLogs = `
import { definePlugin, unhealthy } from 'belfry/plugin';
export default definePlugin({
  name: 'reads-logs', apiVersion: 1, summary: 'A health check.', requires: ['logs'],
  setup: ({ logs }) => ({
    checkHealth: async ({ workload }) =>
      (await logs(workload, 5)).includes('incompatible') ? unhealthy('it refuses its data') : undefined,
  }),
});
`;

describe('a gate of a few lines', { concurrency: 3 }, () => {
  test('FM70: keeps a new major version away, and lets a smaller step pass', async (t) => {
    const scene = await openScene(t);
    const withGate = await usePlugin(t, noMajor);
    await scene.push('db:latest', app('15.2'));
    const name = await scene.run('db', { Image: scene.reference('db:latest') });
    const before = await scene.inspect(name);

    for (const major of ['16.0', '16.1-rc1']) {
      await scene.release('db', major);
      const run = await scene.belfry('update', ...withGate());
      const { state, by, bump } = run.item(name);
      assert.deepEqual([run.code, state, by, bump], [0, 'available', 'no-major', 'major'], run.stderr);
      await assertUntouched(scene, before);
    }
    await scene.release('db', '15.3');
    assert.equal((await scene.belfry('update', ...withGate())).item(name).state, 'recreated');
  });

  test('FM71, FM72: waits from when Belfry first saw a digest, whatever the image says and whoever starts anew', async (t) => {
    const scene = await openScene(t);
    const withGate = await usePlugin(t, coolDown);
    const began = Date.now();
    const name = await scene.deploy('web');
    await pushDated(scene, '2', '2019-01-01T00:00:00Z');

    const first = seenIn(await scene.belfry('update', ...withGate({ hours: 1 })), name);
    assert.ok(Date.parse(first) >= began && Date.parse(first) <= Date.now(), first);
    assert.equal(seenIn(await scene.belfry('update', ...withGate({ hours: 2 })), name), first, 'a new run');

    const { Config } = await scene.inspect(name);
    await scene.api('DELETE', `/containers/${name}?force=1`);
    await scene.api('POST', `/containers/create?name=${name}`, { Image: Config.Image, Labels: Config.Labels });
    await scene.api('POST', `/containers/${name}/start`);
    const before = await scene.inspect(name);
    assert.equal(seenIn(await scene.belfry('update', ...withGate({ hours: 1 })), name), first, 'a new container');

    // Withdrawn, and followed by another one, whose own time it is that counts.
    await pushDated(scene, '3', '2030-01-01T00:00:00Z');
    const second = seenIn(await scene.belfry('update', ...withGate({ hours: 1 })), name);
    assert.ok(second > first, second);
    await assertUntouched(scene, before);
    const applied = await scene.belfry('update', ...withGate({ hours: 0 }));
    assert.deepEqual([applied.item(name).state, applied.item(name).to?.version], ['recreated', '3']);
  });
});

test('FM70: a major version that runs and refuses its data is rolled back, with the data as it was', async (t) => {
  const scene = await openScene(t, { window: '1s' });
  const withCheck = await usePlugin(t, readsLogs);
  const volume = { Volumes: { '/data': {} } };
  const database = (major: number) => ({
    Cmd: [
      'sh',
      '-c',
      `[ -f /data/major ] || echo ${major} > /data/major; grep -qx ${major} /data/major || echo incompatible; ${idle}`,
    ],
    ...volume,
  });
  const name = await scene.deploy('db', { image: database(15), create: { HostConfig: unlessStopped } });
  const before = await scene.inspect(name);
  await scene.release('db', '16', database(16));

  const run = await scene.belfry('update', ...withCheck());
  const { outcome, problem, logTail } = run.item(name);
  assert.deepEqual([run.code, outcome, problem?.code, logTail], [1, 'rolled-back', 'UNHEALTHY', ['incompatible']]);
  assert.match(problem?.message ?? '', /it refuses its data/);
  await assertOriginal(scene, before);
  const { body } = await engineApi(scene.engineHost).ask('GET', `/containers/${name}/archive?path=/data/major`);
  assert.equal(unpackFirst(body).toString().trim(), '15');
});

const unlessStopped = { RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 } };

/** Writes the plugin to a file of a user's. Resolves with the arguments that use it with a configuration. */
async function usePlugin(t: TestContext, source: string): Promise<(config?: object) => string[]> {
  const folder = await mkdtemp('/tmp/belfry-plugin-');
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(`${folder}/plugin.mjs`, source);
  let written = 0;
  return (config) => {
    written += 1;
    const path = `${folder}/config-${written}.json`;
    writeFileSync(path, JSON.stringify({ plugins: [{ use: './plugin.mjs', ...(config && { config }) }] }));
    return ['--config', path];
  };
}

/** When Belfry first saw the candidate, as the gate was told. */
function seenIn(run: Run, name: string): string {
  const { state, by, problem } = run.item(name);
  assert.deepEqual([run.code, state, by], [0, 'available', 'cool-down'], run.stderr);
  return problem?.message ?? '';
}

async function pushDated(scene: Scene, version: string, created: string): Promise<void> {
  await scene.push('web:latest', { ...app(version, { Labels: { 'org.example.test': scene.prefix } }), created });
}

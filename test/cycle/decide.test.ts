import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runCycle, updates } from '../../core/cycle/cycle.ts';
import type { HostConfig } from '../../core/engine/port.ts';
import { memoryJournal } from '../../core/journal/memory-journal.ts';
import { defer, type Plan, unhealthy, veto } from '../../core/plugin.ts';
import { createLab, type Lab, type LabOptions, runs } from './lab.ts';

async function endingsWith(options: LabOptions, request = {}) {
  const lab = createLab(options);
  lab.behind('web');
  await lab.run(request);
  return lab.endings();
}

describe('an update that nobody objects to', () => {
  test('is done', async () => {
    assert.deepEqual(await endingsWith({}), ['web recreated']);
  });

  test('is only shown in a dry run, with what it would do', async () => {
    const lab = createLab();
    lab.behind('web');
    const { previews } = await lab.run({ dryRun: true });
    assert.deepEqual(lab.endings(), ['web skipped DRY_RUN']);
    assert.deepEqual(
      previews.map(({ workload, refusal, rollback }) => [workload.name, refusal, rollback]),
      [['web', null, 'original']],
    );
  });
});

describe('an update is left', () => {
  test('where it is only monitored, by setting or label', async () => {
    assert.deepEqual(await endingsWith({ settings: { monitorOnly: true } }), ['web skipped MONITOR_ONLY']);
    const lab = createLab();
    lab.behind('web', { labels: { 'belfry.monitor-only': 'true' } });
    await lab.run();
    assert.deepEqual(lab.endings(), ['web skipped MONITOR_ONLY']);
  });

  test('where its image failed before, until there is another or someone insists', async () => {
    const lab = createLab({
      plugins: [{ checkHealth: ({ from }) => (from.version === '1.0.0' ? unhealthy('500') : undefined) }],
    });
    lab.behind('web');
    for (let count = 0; count < 2; count += 1) await lab.run();
    await lab.run({ force: true });
    lab.registry.put('registry.example/web:1', { ...runs, bytes: 7 });
    await lab.run();
    const failed = 'web failed UNHEALTHY';
    assert.deepEqual(lab.endings(), [failed, 'web skipped DIGEST_REJECTED', failed, failed]);
  });

  test('where its image failed before, also where it is only monitored, so that nobody is told it is ready', async () => {
    const journal = memoryJournal();
    const lab = createLab({ journal, plugins: [{ checkHealth: () => unhealthy('500') }] });
    lab.behind('web');
    await lab.run();
    const { settings, ...context } = lab.context();
    await runCycle({ ...context, settings: { ...settings, monitorOnly: true } }, updates);
    assert.deepEqual(lab.endings(), ['web failed UNHEALTHY', 'web skipped DIGEST_REJECTED']);
  });

  test('where a gate refuses, in its own words', async () => {
    const until = new Date('2026-08-22T12:00:00Z');
    const lab = createLab({ plugins: [{}, { beforeUpdate: () => defer('at night', until) }] });
    lab.behind('web');
    await lab.run();
    const { by, code, reason, until: told } = lab.one('skipped');
    assert.deepEqual([by, code, reason, told], ['gate-1', 'GATE_REFUSED', 'at night', until.toISOString()]);
    assert.equal(
      lab.engine.calls.some(({ method }) => method === 'pull'),
      false,
    );
  });

  test('where a gate breaks', async () => {
    const broken = { beforeUpdate: () => assert.fail('no') };
    assert.deepEqual(await endingsWith({ plugins: [broken] }), ['web skipped GATE_FAILED']);
  });

  test('where a gate refuses at the last moment, and nothing is left behind', async () => {
    const lab = createLab({ plugins: [{ beforeReplace: () => veto('players are on') }] });
    const id = lab.behind('web');
    await lab.run();
    assert.deepEqual(lab.endings(), ['web skipped GATE_REFUSED']);
    assert.deepEqual(lab.engine.names(), ['web']);
    const { Id, State, Image } = await lab.engine.inspect('web');
    assert.deepEqual([Id, State.Running], [id, true]);
    assert.equal((await lab.engine.inspectImage('registry.example/web:1')).Id, Image);
  });

  test('where Belfry is asked to stop while a gate thinks, which it waits for no longer', async () => {
    const lab: Lab = createLab({
      plugins: [
        {
          beforeReplace: () => {
            lab.stop.abort();
            return new Promise(() => {});
          },
        },
      ],
    });
    const id = lab.behind('web');
    await lab.run();
    assert.deepEqual(lab.endings(), ['web skipped CYCLE_STOPPED']);
    assert.deepEqual(lab.engine.names(), ['web']);
    assert.equal((await lab.engine.inspect('web')).Id, id);
  });

  test('and nothing is said against a plugin that was told of a cycle in vain', async () => {
    const lab: Lab = createLab({
      plugins: [
        {
          beforeCycle: () => {
            lab.stop.abort();
            return new Promise(() => {});
          },
        },
      ],
    });
    lab.behind('web');
    await lab.run();
    assert.deepEqual(lab.endings(), ['web skipped CYCLE_STOPPED']);
    assert.deepEqual(lab.all('failed'), []);
  });

  test('where a container that hangs on it may not be touched', async () => {
    const refusals: readonly (readonly [Partial<Container>, RegExp])[] = [
      [{ labels: { 'belfry.monitor-only': 'true' } }, /^app hangs on it by its network, and it is only monitored$/],
      [{ labels: { 'belfry.enable': 'false' } }, /and a label disables it$/],
      [{ labels: { 'belfry.scope': 'other' } }, /and it belongs to the scope other$/],
      [{ labels: { 'com.docker.swarm.task.id': 'x' } }, /and it is a task of a Swarm service$/],
      [{ hostConfig: { AutoRemove: true } }, /and the engine would remove it as it stops \(--rm\)$/],
    ];
    for (const [{ labels = {}, hostConfig = {} }, reason] of refusals) {
      const lab = createLab();
      const { id, before } = await vpnWithApp(lab, { labels, hostConfig });
      await lab.run();
      assert.equal(lab.endings().at(-1), 'vpn skipped HAS_DEPENDANTS');
      assert.match(lab.all('skipped').find(({ workload }) => workload.id === id)?.reason ?? '', reason);
      assert.deepEqual(await lab.engine.inspect(id), before);
    }
  });

  test('where a container has a name that the replacement needs', async () => {
    const lab = createLab({ settings: { disableContainers: ['web\\.belfry-new-stopped'] } });
    lab.behind('web');
    lab.engine.put('web.belfry-new-stopped', { image: 'registry.example/web:1' });
    await lab.run({ names: ['web'], dryRun: true });
    assert.deepEqual(lab.endings(), ['web skipped NAME_TAKEN']);
  });

  test('where the engine would remove it and nothing is there to remember it by', async () => {
    for (const [journal, ending] of [
      [memoryJournal(), 'web skipped AUTOREMOVE'],
      [undefined, 'web skipped DRY_RUN'],
    ] as const) {
      const lab = createLab(journal === undefined ? {} : { journal });
      lab.registry.put('registry.example/web:1', runs);
      lab.engine.run('web', { image: 'registry.example/web:1', hostConfig: { AutoRemove: true } });
      lab.registry.put('registry.example/web:1', { ...runs, bytes: 1 });
      const { previews } = await lab.run({ dryRun: true });
      assert.deepEqual(lab.endings(), [ending]);
      assert.equal(previews[0]?.rollback, 're-create');
    }
  });

  test('where the container was removed meanwhile', async () => {
    const lab = createLab();
    lab.behind('web');
    lab.registry.digest = async () => {
      lab.engine.crash('web', 0);
      await lab.engine.remove('web', { volumes: false });
      return `sha256:${'9'.repeat(64)}`;
    };
    lab.registry.candidate = async () => ({
      ...{ digest: '', manifestDigest: '', configDigest: '', created: null, labels: {}, config: {}, downloadBytes: 0 },
      platform: { os: 'linux', architecture: 'amd64', variant: null },
    });
    await lab.run();
    assert.deepEqual(lab.endings(), ['web skipped ENGINE_NOT_FOUND']);
  });

  test('for all, when the engine goes away before anything was changed', async () => {
    const lab = createLab();
    lab.behind('web');
    lab.behind('db');
    const { inspect } = lab.engine;
    lab.engine.setFault(({ method }) => {
      if (method === 'inspect') throw new Error('the engine went away');
    });
    await lab.run().catch(() => {});
    assert.equal(lab.engine.inspect, inspect);
    assert.deepEqual(lab.endings(), ['db failed UNEXPECTED', 'web failed UNEXPECTED']);
    for (const { phase, outcome } of lab.all('failed')) assert.deepEqual([phase, outcome], ['decide', 'unchanged']);
    assert.equal(lab.one('finished').counts.failed, 2);
  });
});

test('a gate is told when a candidate was first seen, also in later cycles', async () => {
  const plans: Plan[] = [];
  const lab = createLab({
    settings: { pluginLabels: ['cooldown-delay'] },
    plugins: [
      {
        beforeUpdate: (plan) => {
          plans.push(plan);
          return veto('not yet');
        },
      },
    ],
  });
  lab.behind('web', { labels: { tier: 'gold', 'belfry.cooldown-delay': '1h' } });
  for (let count = 0; count < 2; count += 1) {
    await lab.run();
    lab.engine.clock.advance(3_600_000);
  }
  const [first, second] = plans;
  assert.equal(first?.firstSeen, '2026-01-01T00:00:00.000Z');
  assert.equal(second?.firstSeen, first?.firstSeen);
  assert.deepEqual([first?.workload.name, first?.bump, first?.labels.tier], ['web', 'minor', 'gold']);
  assert.equal(first?.cooldownDelay, 3_600_000);
});

interface Container {
  readonly labels: Readonly<Record<string, string>>;
  readonly hostConfig: HostConfig;
}

/** `app` uses the network of `vpn`, which is behind. */
async function vpnWithApp(lab: Lab, { labels, hostConfig }: Container) {
  const id = lab.behind('vpn');
  lab.registry.put('registry.example/app:1', runs);
  const host = { ...hostConfig, NetworkMode: 'container:vpn' };
  lab.engine.run('app', { image: 'registry.example/app:1', config: { Labels: labels }, hostConfig: host });
  return { id, before: await lab.engine.inspect(id) };
}

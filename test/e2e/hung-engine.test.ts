import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createBus } from '../../core/bus.ts';
import { loadSettings } from '../../core/config/load.ts';
import type { Context } from '../../core/cycle/context.ts';
import { runCycle, updates } from '../../core/cycle/cycle.ts';
import { createDockerEngine } from '../../core/engine/docker/engine.ts';
import { memoryJournal } from '../../core/journal/memory-journal.ts';
import { createLog } from '../../core/log.ts';
import { createRegistry } from '../../core/registry/client.ts';
import { createVerdicts } from '../../core/verdicts.ts';
import { assertUntouched, openScene, type Scene } from './scene.ts';

interface Hang {
  readonly category: string;
  readonly call: RegExp;
  /** What becomes of the container at first; `none` where the cycle itself ends. */
  readonly outcome: 'unchanged' | 'rolled-back' | 'down' | 'none';
}

const hangs: readonly Hang[] = [
  { category: 'list', call: /^GET \/containers\/json/, outcome: 'none' },
  { category: 'pull', call: /^POST \/images\/create/, outcome: 'unchanged' },
  { category: 'create', call: /^POST \/containers\/create/, outcome: 'unchanged' },
  { category: 'stop', call: /^POST \/containers\/\w+\/stop/, outcome: 'unchanged' },
  { category: 'rename', call: /^POST \/containers\/[\w.-]+\/rename/, outcome: 'rolled-back' },
  { category: 'start', call: /^POST \/containers\/\w+\/start/, outcome: 'rolled-back' },
];

describe('FM79: an engine that hangs', { concurrency: 2 }, () => {
  for (const { category, call, outcome } of hangs) {
    test(`at a ${category} is given up on in time, and the container is there as before`, async (t) => {
      const scene = await openScene(t);
      const name = await scene.deploy('web', { create: { StopTimeout: 1 } });
      await scene.release('web', '2');
      const before = await scene.inspect(name);
      const context = await contextOver(scene);
      let hung = 0;
      scene.engine.setFault(({ method, path }) => {
        if (hung > 0 || !call.test(`${method} ${path}`)) return undefined;
        hung += 1;
        return { do: 'hang' };
      });

      const first = await runCycle(context(), updates).catch((error: unknown) => error);
      assert.equal(hung, 1);
      if (outcome === 'none') assert.match(String(first), /took longer than 6 s/);
      else assert.deepEqual(told(first), [outcome, 'ENGINE_TIMEOUT']);
      if (outcome === 'unchanged') await assertUntouched(scene, before);
      const now = await scene.inspect(name);
      assert.deepEqual([now.Id, now.State.Running], [before.Id, true]);

      const second = await runCycle(context(), updates);
      assert.equal(second.finished.counts.failed, 0);
      assert.notEqual((await scene.inspect(name)).Id, before.Id);
      assert.deepEqual(await scene.containers(), [name]);
    });
  }
});

function told(result: unknown): readonly unknown[] {
  const { finished } = result as Awaited<ReturnType<typeof runCycle>>;
  const [item] = finished.items;
  return [item?.outcome, item?.problem?.code];
}

/** What a cycle works with on the scene's engine, whose calls may take six seconds. */
async function contextOver(scene: Scene): Promise<() => Context> {
  const { settings } = await loadSettings({ flags: { given: [], foreign: [] }, env: {}, cwd: '/' });
  const log = createLog({ level: 'error', write: () => {} });
  const deadlines = { management: 6_000, pull: 6_000, stopMargin: 5_000 };
  const address = { host: scene.engine.host, tlsVerify: false, certPath: null, apiVersion: null };
  const engine = createDockerEngine(address, deadlines);
  const registry = createRegistry({ registries: {}, registryTlsSkip: false, env: {}, log });
  const journal = memoryJournal();
  const bus = createBus({ journal, host: 'machine', log });
  let cycles = 0;
  return () => {
    cycles += 1;
    return {
      ...{ engine, registry, journal, bus, log, cycle: `cyc_${cycles}` },
      settings: { ...settings, scope: scene.scope },
      verdicts: createVerdicts(() => []),
      request: { trigger: 'manual', names: [], dryRun: false, force: false },
      now: () => new Date(),
      sleep: (milliseconds) => delay(milliseconds),
      signal: new AbortController().signal,
    };
  };
}

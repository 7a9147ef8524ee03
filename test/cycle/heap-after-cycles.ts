import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openCannedEngine, type Recording } from '../../bench/canned-engine.ts';
import { createBus } from '../../core/bus.ts';
import { loadSettings } from '../../core/config/load.ts';
import { runCycle, updates } from '../../core/cycle/cycle.ts';
import { createDockerEngine } from '../../core/engine/docker/engine.ts';
import { openJournal } from '../../core/journal/journal.ts';
import { silentLog } from '../../core/log.ts';
import { createRegistry } from '../../core/registry/client.ts';
import { createVerdicts } from '../../core/verdicts.ts';
import { createFakeClock } from '../kit/fake-clock.ts';

const hour = 3_600_000;
const digest = `sha256:${'a'.repeat(64)}`;

/**
 * One Belfry that runs cycle after cycle, an hour apart, over real parts: the engine and registry clients and a journal
 * in files. Resolves with the bytes of heap in use after each of the given numbers of cycles.
 */
export async function heapAfterCycles(counts: readonly number[], containers: number): Promise<readonly number[]> {
  // In memory: what the thousands of records cost a disk is no question here.
  const folder = await mkdtemp('/dev/shm/belfry-growth-');
  const registryServer = await openRegistryServer();
  const cannedEngine = await openCannedEngine(fleet(containers, registryServer.address));
  const env = { DOCKER_HOST: cannedEngine.host, DOCKER_CONFIG: folder };
  const { settings } = await loadSettings({ flags: { given: [], foreign: [] }, env, cwd: folder });
  const clock = createFakeClock();
  const journal = await openJournal(folder, { now: clock.date, instances: [] });
  const common = {
    engine: createDockerEngine(settings.engine),
    registry: createRegistry({ registries: {}, registryTlsSkip: false, env }),
    bus: createBus({ journal, host: 'host', log: silentLog, now: clock.date }),
    verdicts: createVerdicts(() => []),
    request: { trigger: 'schedule', names: [], dryRun: false, force: false } as const,
    // One for all cycles, as in a watch: what listens to it and stays adds up.
    signal: new AbortController().signal,
    ...{ journal, settings, log: silentLog, now: clock.date, sleep: clock.sleep },
  };
  try {
    const heap: number[] = [];
    for (let cycle = 1; cycle <= Math.max(...counts); cycle += 1) {
      await runCycle({ ...common, cycle: `cyc_${cycle}` }, updates);
      clock.advance(hour);
      if (counts.includes(cycle)) heap.push(heapInUse());
    }
    return heap;
  } finally {
    await journal.close();
    await cannedEngine.close();
    await registryServer.close();
    await rm(folder, { recursive: true });
  }
}

function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  for (let time = 0; time < 3; time += 1) collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** All up to date but the first, whose repository the registry does not know. */
function fleet(count: number, registry: string): Recording {
  const image = (name: string) => ({
    Id: `sha256:${name.padEnd(64, '0')}`,
    RepoTags: [`${registry}/${name}:1`],
    RepoDigests: [`${registry}/${name}@${digest}`],
  });
  return {
    info: { ID: 'engine', Name: 'host' },
    containers: Array.from({ length: count }, (_, n) => {
      const { Id: ImageID, RepoTags } = image(n === 0 ? 'gone' : 'app');
      const Id = n.toString(16).padStart(64, '0');
      return { Id, Names: [`/web-${n}`], Image: RepoTags[0], ImageID, State: 'running', Labels: { app: 'web' } };
    }),
    images: [image('app'), image('gone')],
  };
}

async function openRegistryServer() {
  const server = http.createServer(({ url }, response) => {
    const known = url?.startsWith('/v2/app/');
    response
      .writeHead(known ? 200 : 404, { 'docker-content-digest': digest, 'content-type': 'application/json' })
      .end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

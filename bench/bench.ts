// Measures what Belfry costs, and prints it: `npm run bench`. README.md keeps what was seen, and on which machine.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { exchange } from '../core/demo/exchange.ts';
import { heapAfterCycles } from '../test/cycle/heap-after-cycles.ts';
import { openEnvironment } from '../test/kit/environment.ts';
import { openRegistryProxy, type RegistryProxy } from '../test/kit/registry-proxy.ts';
import { openSocketProxy } from '../test/kit/socket-proxy.ts';
import { type CannedEngine, openCannedEngine } from './canned-engine.ts';
import { multiply, realFleet, recordSample, type Sample } from './fleet.ts';
import { openGuardedRegistry } from './guarded-registry.ts';
import { companies, updatesBeside } from './hanging.ts';
import { type Environment, idleMemory, loadedFiles, median, medianRun, program } from './measure.ts';

const runs = 10;
const home = mkdtempSync('/tmp/belfry-bench-');
const nextRun = /next run/;
const emptyProgram = ['-e', '0'];
const idleProgram = ['-e', 'setTimeout(() => {}, 1e6)'];

const stage = await openEnvironment();
const registry = await openRegistryProxy(stage.registry);
const engines: CannedEngine[] = [];
try {
  await machine();
  await realFleet(stage, registry.address, 100);
  await checkOfReal();
  const sample = await recordSample(stage, registry.address);
  const small = await canned(sample, { registry: registry.address, containers: 10, images: 2 });
  const usual = await canned(sample, { registry: registry.address, containers: 100, images: 2 });
  const large = await canned(sample, { registry: registry.address, containers: 1000, images: 50 });
  await checkOf('10 containers of 2 images, recorded', small);
  await checkOf('1,000 containers of 50 images, recorded', large);
  await tokens(sample);
  await memory([usual, large]);
  await build(usual);
  await notifiers();
  title('a watch that goes on');
  const heap = await heapAfterCycles([24, 240], 100);
  row('heap after 24 cycles of 100 containers', megabytes(heap[0] ?? 0));
  row('heap after 240', megabytes(heap[1] ?? 0));
} finally {
  for (const engine of engines) await engine.close();
  await registry.close();
  await stage.close();
  rmSync(home, { recursive: true });
}

async function machine(): Promise<void> {
  const { ServerVersion } = await stage.api<{ readonly ServerVersion: string }>('GET', '/info');
  title('machine');
  row('processors', `${cpus().length} × ${cpus()[0]?.model}`);
  row('Linux, Node, engine', `${release()}, ${process.version}, ${ServerVersion}`);
}

async function checkOfReal(): Promise<void> {
  const args = ['check', '--include-stopped', '--scope', stage.scope];
  const proxy = await openSocketProxy(stage.engineHost);
  title('check: 100 containers of 2 images on a real engine');
  await counted(args, proxy.host, () => proxy.calls.length);
  await proxy.close();
  await timed(args, stage.engineHost);
}

async function checkOf(what: string, engine: CannedEngine): Promise<void> {
  title(`check: ${what}`);
  await counted(['check'], engine.host, () => engine.calls.length);
  await timed(['check'], engine.host);
}

/** One check with both proxies counting. */
async function counted(args: readonly string[], host: string, engineCalls: () => number): Promise<void> {
  const [engineBefore, registryBefore] = [engineCalls(), manifests(registry)];
  await medianRun([program, ...args], environment(host), 1);
  row('engine calls', engineCalls() - engineBefore);
  row('manifest requests', manifests(registry) - registryBefore);
}

async function timed(args: readonly string[], host: string): Promise<void> {
  const bare = await medianRun(emptyProgram, {}, runs);
  const check = await medianRun([program, ...args], environment(host), runs);
  const raw = await rawLists(host);
  row('from start to the table', milliseconds(check.firstOutput));
  row('from start to exit', milliseconds(check.wall));
  row('processor time', milliseconds(check.cpu));
  row('bare Node, start to exit (ratio)', `${milliseconds(bare.wall)} (${(check.wall / bare.wall).toFixed(1)})`);
  row('the three engine calls alone (ratio)', `${milliseconds(raw)} (${(check.wall / raw).toFixed(1)})`);
}

/** The calls a check makes, as plain HTTP from a process that is warm. */
async function rawLists(host: string): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const began = performance.now();
    for (const path of ['/info', '/containers/json?all=1', '/images/json']) {
      const { body } = await exchange({ socketPath: host.replace('unix://', '') }, { method: 'GET', path });
      JSON.parse(body.toString());
    }
    times.push(performance.now() - began);
  }
  return median(times);
}

async function tokens(sample: Sample): Promise<void> {
  const guarded = await openGuardedRegistry(stage.registry);
  const engine = await canned(sample, { registry: guarded.address, containers: 1000, images: 50 });
  await medianRun([program, 'check'], environment(engine.host), 1);
  title('check: the same where the registry wants a token for each of the 50 repositories');
  row('token requests', guarded.tokens());
  row('manifest requests that were answered', guarded.manifests());
  await guarded.close();
}

async function memory(fleets: readonly CannedEngine[]): Promise<void> {
  const settle = { milliseconds: 5_000 };
  title('memory of an idle watch: resident, of which anonymous');
  const bare = await idleMemory(idleProgram, {}, settle);
  row('bare Node', `${megabytes(bare.resident)}, ${megabytes(bare.anonymous)}`);
  for (const [index, engine] of fleets.entries()) {
    const seen = await idleMemory([program, 'watch'], environment(engine.host), { ...settle, line: nextRun });
    row(`${['100', '1,000'][index]} containers`, `${megabytes(seen.resident)}, ${megabytes(seen.anonymous)}`);
    const often = { milliseconds: 30_000, line: nextRun };
    const later = await idleMemory([program, 'watch', '--interval', '1s'], environment(engine.host), often);
    row('  the same, about 25 cycles later', `${megabytes(later.resident)}, ${megabytes(later.anonymous)}`);
  }
}

async function notifiers(): Promise<void> {
  title('an update beside nobody, four notifiers that answer, and two that hang with two that are refused; 8 rounds');
  const seen = await updatesBeside(stage, { rounds: 8, home });
  for (const which of ['downtime', 'cycle'] as const) {
    const all = companies.map((company) => {
      const ratio = (seen[company][which] / seen.nobody[which]).toFixed(2);
      return `${company} ${milliseconds(seen[company][which])} (${ratio})`;
    });
    row(which, all.join(', '));
  }
}

async function build(engine: CannedEngine): Promise<void> {
  const folder = new URL('../dist/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  const loaded = await loadedFiles([program, 'watch'], environment(engine.host), nextRun);
  title('build');
  const sum = (sizes: readonly number[]) => `${sizes.length} files, ${megabytes(sizes.reduce((a, b) => a + b, 0))}`;
  row('all of dist/', sum(files.map((name) => statSync(new URL(name, folder)).size)));
  row('loaded by a default watch', sum(loaded.map(({ bytes }) => bytes)));
}

async function canned(sample: Sample, fleet: Parameters<typeof multiply>[2]): Promise<CannedEngine> {
  const engine = await openCannedEngine(await multiply(stage, sample, fleet));
  engines.push(engine);
  return engine;
}

/** A state folder of its own for each run, and nothing of the developer's. */
function environment(host: string): Environment {
  return { HOME: home, DOCKER_HOST: host, DOCKER_CONFIG: home, BELFRY_STATE_DIR: mkdtempSync(`${home}/state-`) };
}

function manifests(proxy: RegistryProxy): number {
  return proxy.count('HEAD', /\/manifests\//) + proxy.count('GET', /\/manifests\//);
}

function title(text: string): void {
  console.log(`\n${text}`);
}

function row(what: string, value: string | number): void {
  console.log(`  ${what.padEnd(40)} ${value}`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function milliseconds(value: number): string {
  return `${value.toFixed(0)} ms`;
}

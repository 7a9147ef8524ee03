import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import type { ImageSpec, PushedImage } from '../../core/demo/image.ts';
import { openStage } from '../../core/demo/stage.ts';
import type { ContainerDetails, ImageDefaults, Json } from '../../core/engine/port.ts';
import type { Problem } from '../../core/errors/app-error.ts';
import type { Finished, ReportItem } from '../../core/events.ts';
import { type BelfryResult, type RunningBelfry, startBelfry } from '../kit/belfry.ts';
import { type Environment, openEnvironment } from '../kit/environment.ts';
import { idle, programs } from '../kit/images.ts';
import { openSocketProxy, type SocketProxy } from '../kit/socket-proxy.ts';

export { idle };

/** A corner of the engine and the Belfry that looks after it, which reaches the engine through a proxy. */
export interface Scene extends Environment {
  readonly engine: SocketProxy;
  readonly stateFolder: string;
  /** Pushes version 1 of `SHORT:latest` and runs it. Resolves with the container's name. */
  deploy(short: string, options?: { readonly create?: Json; readonly image?: ImageDefaults }): Promise<string>;
  /** Pushes another version of `SHORT:latest`. */
  release(short: string, version: string, config?: ImageDefaults): Promise<PushedImage & { reference: string }>;
  /** Runs `belfry ARGS --json` to its end. */
  belfry(...args: readonly string[]): Promise<Run>;
  /** The same, to be watched and interrupted; and without `--json` unless it is among the words. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): RunningBelfry;
  /** Null where the engine does not have it. */
  existing<T>(path: string): Promise<T | null>;
}

/** What one run of Belfry came to. */
export interface Run extends BelfryResult {
  readonly report: Finished;
  readonly problems: readonly Problem[];
  /** The report's line about a container; fails the test where there is none. */
  item(name: string): ReportItem;
}

/** Everything a test makes goes when it ends. Stability windows are as short as `window`. */
export async function openScene(
  t: TestContext,
  { window = '300ms', engineHost }: { readonly window?: string; readonly engineHost?: string } = {},
): Promise<Scene> {
  const shared = await openEnvironment();
  const environment = engineHost === undefined ? shared : await openStage({ ...shared, engineHost }, 'belfry-test');
  const engine = await openSocketProxy(environment.engineHost);
  const stateFolder = await mkdtemp('/tmp/belfry-e2e-');
  t.after(async () => {
    await engine.close();
    await environment.close();
    await rm(stateFolder, { recursive: true, force: true });
  });

  const start: Scene['start'] = (args, env = {}) => {
    const own = { BELFRY_SCOPE: environment.scope, BELFRY_STABILITY_WINDOW: window, ...env };
    return startBelfry(args, { dockerHost: engine.host, stateFolder, env: own });
  };
  const release: Scene['release'] = async (short, version, config) => {
    // An image of its own: the same one under a name of another test's would not be alone.
    const Labels = { ...config?.Labels, 'org.example.test': environment.prefix };
    return environment.push(`${short}:latest`, app(version, { ...config, Labels }));
  };

  return {
    ...environment,
    ...{ engine, stateFolder, release, start },
    deploy: async (short, { create = {}, image } = {}) => {
      const { reference } = await release(short, '1', image);
      return environment.run(short, { ...create, Image: reference });
    },
    belfry: async (...args) => runOf(await start([...args, '--json']).done),
    existing: <T>(path: string) =>
      environment.api<T>('GET', path).catch((error: unknown) => {
        if (/: 404 /.test(String(error))) return null;
        throw error;
      }),
  };
}

/** A service that does nothing, and stops at once when asked to. */
export function app(version: string, config: ImageDefaults = {}): ImageSpec {
  const { Labels, Env, ...rest } = config;
  return {
    config: {
      ...programs.idles,
      ...rest,
      Env: ['PATH=/bin', ...(Env ?? [])],
      Labels: { 'org.opencontainers.image.version': version, ...Labels },
    },
  };
}

/** What `--json` prints: a report, or the problems that kept the command from making one. */
function runOf(result: BelfryResult): Run {
  const printed = result.stdout === '' ? {} : result.json<{ report?: Finished; problems?: readonly Problem[] }>();
  const report = (): Finished => {
    assert.ok(printed.report, `no report was printed:\n${result.stdout}${result.stderr}`);
    return printed.report;
  };
  return {
    ...result,
    get report() {
      return report();
    },
    problems: printed.problems ?? [],
    item: (name) => {
      const item = report().items.find(({ workload }) => workload.name === name);
      assert.ok(item, `nothing is reported of ${name}:\n${result.stdout}${result.stderr}`);
      return item;
    },
  };
}

/** The very container that was there before runs under its name, with its policy and its tag, and nothing beside it. */
export async function assertOriginal(scene: Scene, before: ContainerDetails): Promise<void> {
  const after = await scene.inspect(before.Id);
  const facts = ({ Name, Image, State, HostConfig }: ContainerDetails) => ({
    ...{ Name, Image, running: State.Running, policy: HostConfig.RestartPolicy },
  });
  assert.deepEqual(facts(after), facts(before));
  const tagged = await scene.api<{ readonly Id: string }>('GET', `/images/${before.Config.Image}/json`);
  assert.equal(tagged.Id, before.Image, 'the tag names the image of the original');
  const beside = (await scene.containers()).filter((name) => `/${name}`.startsWith(`${before.Name}.`));
  assert.deepEqual(beside, [], 'nothing is parked beside it');
}

/** As `assertOriginal`, and it was never stopped. */
export async function assertUntouched(scene: Scene, before: ContainerDetails): Promise<void> {
  await assertOriginal(scene, before);
  const { State } = await scene.inspect(before.Id);
  assert.equal(State.StartedAt, before.State.StartedAt);
}

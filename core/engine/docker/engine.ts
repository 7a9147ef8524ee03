import { buffer } from 'node:stream/consumers';
import type { EngineSettings } from '../../config/settings.ts';
import { hasCode } from '../../errors/app-error.ts';
import type { Code } from '../../errors/catalogue.ts';
import type { ContainerDetails, ContainerSummary, CreateSpec, Engine, EngineInfo, PullOptions } from '../port.ts';
import { type Ask, type Call, type Caller, createCaller } from './call.ts';
import { creatable } from './create-body.ts';
import { exec } from './exec.ts';
import { cleanedUpBeside, pullError } from './failures.ts';
import { follow } from './follow.ts';
import { imageSummary, inspectImage, type ListedImage, listImages } from './images.ts';
import { copyFile, fileFacts, layerChanges } from './layer.ts';
import { lastLines, logText } from './log-frames.ts';
import { negotiate } from './negotiate.ts';
import { checkNetworks } from './networks.ts';
import { probe } from './probes.ts';
import { readPullStream } from './pull-stream.ts';
import { readRows } from './rows.ts';
import { absentIsFine, changePolicy, longest, restartContainer, stopContainer } from './stop.ts';

const minute = 60_000;

/** How long the engine may take, in milliseconds, before a call counts as hung. */
export interface Deadlines {
  readonly management: number;
  readonly pull: number;
  /** Beyond the grace of a stop. */
  readonly stopMargin: number;
}

const usual: Deadlines = { management: 2 * minute, pull: 30 * minute, stopMargin: minute / 2 };

/** The engine behind a Docker (or Podman) API. Nothing is asked before the first call. */
export function createDockerEngine(settings: EngineSettings, deadlines: Deadlines = usual): Engine {
  const { management } = deadlines;
  const caller = createCaller(settings);
  let connected: Promise<EngineInfo> | undefined;

  const info = (): Promise<EngineInfo> => {
    connected ??= negotiate(caller, settings.apiVersion, management).catch((error: unknown) => {
      connected = undefined;
      throw error;
    });
    return connected;
  };
  const ask: Ask = async (call) => {
    await info();
    return caller.json({ deadline: management, ...call });
  };
  const get = (path: string, query: Call['query'] = {}) => ask({ method: 'GET', path, query });
  const post = (path: string, query: Call['query'] = {}, body: object = {}) =>
    ask({ method: 'POST', path, query, body });

  const rows = async <Row>(path: string, query: NonNullable<Call['query']>, summary: (row: unknown) => Row) => {
    await info();
    const call = { method: 'GET', path, query, deadline: management } as const;
    return caller.request(call, (response) => readRows(response, summary));
  };

  const engine: Engine = {
    info,
    list: () => rows('/containers/json', { all: 1 }, (row) => containerSummary(row as ListedContainer)),
    images: async () => {
      const { imageStore } = await info();
      return listImages(() => rows('/images/json', {}, (row) => imageSummary(row as ListedImage, imageStore)));
    },
    inspect: async (container) => (await get(`/containers/${encodeURIComponent(container)}/json`)) as ContainerDetails,
    inspectImage: (image) => inspectImage(() => get(`/images/${image}/json`)),
    async pull(reference, options) {
      await info();
      await pull(caller, reference, { ...options, deadline: deadlines.pull });
    },
    async tag(image, repository, tag) {
      await post(`/images/${image}/tag`, { repo: repository, tag });
    },
    async removeImage(image) {
      await ask({ method: 'DELETE', path: `/images/${image}` });
    },
    create: (name, spec) => create({ engine, ask }, name, spec),
    async start(container) {
      await post(`/containers/${container}/start`);
    },
    async stop(container, options) {
      const { apiVersion } = await info();
      await stopContainer({ engine, ask, apiVersion, margin: deadlines.stopMargin }, container, options);
    },
    async restart(container, options) {
      const { apiVersion } = await info();
      await restartContainer({ engine, ask, apiVersion, margin: deadlines.stopMargin }, container, options);
    },
    async rename(container, name) {
      await post(`/containers/${container}/rename`, { name });
    },
    async setRestartPolicy(container, policy) {
      await changePolicy(ask, container, policy);
    },
    async remove(container, { volumes }) {
      await ask({ method: 'DELETE', path: `/containers/${container}`, query: { v: volumes ? 1 : 0 } });
    },
    waitRemoved: (container, signal) =>
      absentIsFine(
        ask({
          method: 'POST',
          path: `/containers/${container}/wait`,
          query: { condition: 'removed' },
          deadline: longest,
          signal,
        }),
      ),
    async logs(container, lines) {
      await info();
      const query = { stdout: 1, stderr: 1, tail: lines };
      const call = { method: 'GET', path: `/containers/${container}/logs`, query, deadline: management } as const;
      return lastLines(logText(await caller.request(call, buffer)), lines);
    },
    async follow(container) {
      await info();
      return follow(caller, container, longest);
    },
    changes: (container) => layerChanges(ask, container),
    async layerSize(container) {
      const { SizeRw = 0 } = (await get(`/containers/${container}/json`, { size: 1 })) as { readonly SizeRw?: number };
      return SizeRw;
    },
    async fileFacts(container, path) {
      await info();
      return fileFacts(caller, container, path);
    },
    async copyFile(copy) {
      await info();
      await copyFile(caller, copy);
    },
    async exec(container, command) {
      await info();
      return exec(caller, container, command);
    },
    async probe(purpose) {
      await info();
      return probe(caller, purpose);
    },
  };
  return engine;
}

async function create(
  { engine, ask }: { readonly engine: Engine; readonly ask: Ask },
  name: string,
  spec: CreateSpec,
): Promise<string> {
  const [first, ...others] = spec.networks;
  const NetworkingConfig = first === undefined ? {} : { EndpointsConfig: { [first.name]: first.endpoint } };
  const body = { ...spec.config, HostConfig: creatable(spec.hostConfig), NetworkingConfig };
  const made = await ask({ method: 'POST', path: '/containers/create', query: { name }, body });
  const { Id } = made as { readonly Id: string };
  try {
    // More than one network at the create is refused below API 1.44; connecting works on every engine.
    for (const { name: network, endpoint } of others) {
      const path = `/networks/${encodeURIComponent(network)}/connect`;
      await ask({ method: 'POST', path, body: { Container: Id, EndpointConfig: endpoint } });
    }
    await checkNetworks(ask, spec.networks);
  } catch (error) {
    await absentIsFine(engine.remove(Id, { volumes: true }));
    throw error;
  }
  return Id;
}

type Pull = PullOptions & { readonly deadline: number };

async function pull(caller: Caller, reference: string, options: Pull, left = 2): Promise<void> {
  const at = reference.indexOf('@');
  const query = { fromImage: reference.slice(0, at), tag: reference.slice(at + 1) };
  const platform = options.platform === undefined ? {} : { platform: options.platform };
  const call = {
    method: 'POST',
    path: '/images/create',
    query: { ...query, ...platform },
    headers: options.credentials === undefined ? {} : { 'X-Registry-Auth': base64url(options.credentials) },
    deadline: options.deadline,
    signal: options.signal,
  } as const;
  try {
    await caller.request(call, (response) => readPullStream(response, options.onProgress));
  } catch (error) {
    const failure = hasCode(error, ...answers) ? pullError(error.message, error) : error;
    if (left === 0 || !hasCode(failure, 'PULL_FAILED') || !cleanedUpBeside.test(failure.message)) throw failure;
    await pull(caller, reference, options, left - 1);
  }
}

/** The engine's answers that speak of the registry, not of the engine. */
const answers: readonly Code[] = ['ENGINE_NOT_FOUND', 'ENGINE_FAILED', 'ENGINE_REFUSED', 'ENGINE_CONFLICT'];

/** With its padding: an engine that misses it goes on without credentials, and says nothing. */
function base64url(credentials: object): string {
  return Buffer.from(JSON.stringify(credentials)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

interface ListedContainer {
  readonly Id: string;
  readonly Names?: readonly string[] | null;
  readonly Image: string;
  readonly ImageID: string;
  readonly State: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly HostConfig?: { readonly NetworkMode?: string };
}

function containerSummary(row: ListedContainer): ContainerSummary {
  // Links give a container further names such as /web/db: its own is the one without a second slash.
  const names = (row.Names ?? []).map((name) => name.replace(/^\//, ''));
  return {
    id: row.Id,
    name: names.find((name) => !name.includes('/')) ?? names[0] ?? row.Id.slice(0, 12),
    image: row.Image,
    imageId: row.ImageID,
    state: row.State,
    labels: row.Labels ?? {},
    networkMode: row.HostConfig?.NetworkMode ?? 'default',
  };
}

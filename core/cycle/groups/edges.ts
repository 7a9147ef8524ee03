import { mapLimited } from '../../concurrency.ts';
import { labelPrefixes } from '../../config/table.ts';
import type { ContainerDetails, ContainerSummary } from '../../engine/port.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';
import { parked } from '../replacement/names.ts';
import { links } from '../settings/endpoint.ts';
import type { Needs } from './graph.ts';

/** One way in which a container depends on another; both by id. */
export interface Edge {
  readonly dependant: string;
  readonly provider: string;
  readonly kind: EdgeKind;
  /** Ends a sentence: `app hangs on vpn by its network`. */
  readonly way: string;
}

/**
 * Hard edges cut a container off when its provider is made anew: `namespace` holds on to the provider's id, and `made`
 * to what the engine found under its name when the container was made. Soft ones: `restart` wants a restart after the
 * provider's, `order` only a start after it.
 */
export type EdgeKind = 'namespace' | 'made' | 'restart' | 'order';

export const isHard = ({ kind }: Edge): boolean => kind === 'namespace' || kind === 'made';

/** The union of everything that containers, Compose and labels say of dependencies; names match whole or not at all. */
export function edgesOf(containers: readonly ContainerDetails[]): readonly Edge[] {
  const find = finder(containers);
  return containers.flatMap((container) =>
    sources.flatMap(({ kind, way, providers }) =>
      providers(container, find)
        .filter((provider) => provider !== container)
        .map((provider) => ({ dependant: container.Id, provider: provider.Id, kind, way })),
    ),
  );
}

/** From each dependant to its providers, over the edges that `counts` takes; and the other way round. */
export function providersOf(edges: readonly Edge[], counts: (edge: Edge) => boolean = () => true): Needs {
  return collect(edges.filter(counts).map(({ dependant, provider }) => [dependant, provider]));
}

export function dependantsOf(edges: readonly Edge[], counts: (edge: Edge) => boolean = () => true): Needs {
  return collect(edges.filter(counts).map(({ dependant, provider }) => [provider, dependant]));
}

/** The list does not show who uses whose namespaces, volumes and links. */
export async function inspectAll(
  { engine }: Context,
  containers: readonly ContainerSummary[],
): Promise<readonly ContainerDetails[]> {
  const inspected = await mapLimited(containers, 16, ({ id }) => existing(engine.inspect(id)));
  return inspected.flatMap((details) => details ?? []);
}

export function nameOf({ Name }: Pick<ContainerDetails, 'Name'>): string {
  return Name.replace(/^\//, '');
}

/** Resolves what a container calls another by. */
interface Finder {
  /** A name, an id, or at least twelve letters of one. */
  readonly called: (key: string) => readonly ContainerDetails[];
  /** All containers of a service in the project of `beside`. */
  readonly service: (beside: ContainerDetails, name: string) => readonly ContainerDetails[];
}

export const volumesFrom = 'by volumes_from';

interface Source {
  readonly kind: EdgeKind;
  readonly way: string;
  readonly providers: (container: ContainerDetails, find: Finder) => readonly ContainerDetails[];
}

const sources: readonly Source[] = [
  ...(['NetworkMode', 'PidMode', 'IpcMode'] as const).map((field) => ({
    kind: 'namespace' as const,
    way: { NetworkMode: 'by its network', PidMode: 'by its processes', IpcMode: 'by its shared memory' }[field],
    providers: ({ HostConfig }: ContainerDetails, { called }: Finder) => called(lender(HostConfig[field]) ?? ''),
  })),
  {
    kind: 'made',
    way: volumesFrom,
    providers: ({ HostConfig }, { called }) =>
      (HostConfig.VolumesFrom ?? []).flatMap((source) => called(source.split(':')[0] ?? '')),
  },
  {
    kind: 'made',
    way: 'by a link',
    providers: (container, { called }) => linkedNames(container).flatMap(called),
  },
  {
    kind: 'restart',
    way: 'by its label depends-on',
    providers: ({ Config }, { called }) =>
      Object.values(labelPrefixes)
        .flatMap((prefix) => (Config.Labels?.[`${prefix}depends-on`] ?? '').split(','))
        .flatMap((name) => called(name.trim())),
  },
  ...(['restart', 'order'] as const).map((kind) => ({
    kind,
    way: 'by depends_on',
    providers: (container: ContainerDetails, { service }: Finder) =>
      composeDependencies(container)
        .filter(({ restart }) => restart === (kind === 'restart'))
        .flatMap((dependency) => service(container, dependency.service)),
  })),
];

/** What `container:ID` names; undefined for every other mode. */
export function lender(mode: string | undefined): string | undefined {
  return mode?.startsWith('container:') ? mode.slice('container:'.length) : undefined;
}

function linkedNames({ HostConfig, NetworkSettings }: ContainerDetails): readonly string[] {
  const endpoints = Object.values(NetworkSettings.Networks ?? {}).flatMap((endpoint) => endpoint.Links ?? []);
  return links([...(HostConfig.Links ?? []), ...endpoints]).map((link) => link.split(':')[0] ?? '');
}

/** Compose's own note of `depends_on`: `db:service_healthy:true,cache:service_started:false`. */
function composeDependencies({ Config }: ContainerDetails) {
  const noted = Config.Labels?.['com.docker.compose.depends_on'] ?? '';
  return noted.split(',').map((entry) => {
    const [service = '', , restart] = entry.trim().split(':');
    return { service, restart: restart === 'true' };
  });
}

function finder(containers: readonly ContainerDetails[]): Finder {
  // In the middle of an interrupted replacement nobody may bear the name: then it means the one that parks.
  const parkedBy = containers.flatMap((one) => {
    const parking = parked(nameOf(one));
    return parking === undefined ? [] : [[parking.name, one] as const];
  });
  const named = containers.flatMap((one) => [[one.Id, one] as const, [nameOf(one), one] as const]);
  const byKey = new Map([...parkedBy, ...named]);
  const byService = new Map<string, ContainerDetails[]>();
  for (const one of containers.filter(isServiced)) {
    byService.set(serviceKey(one), [...(byService.get(serviceKey(one)) ?? []), one]);
  }
  return {
    called: (text) => {
      const key = text.replace(/^\//, '');
      const found = byKey.get(key) ?? (isIdStart(key) ? containers.find(({ Id }) => Id.startsWith(key)) : undefined);
      return found === undefined ? [] : [found];
    },
    service: ({ Config }, name) => byService.get(`${Config.Labels?.[composeProject] ?? ''}/${name}`) ?? [],
  };
}

const composeProject = 'com.docker.compose.project';

/** What `compose run` makes for one command is no part of the service. */
const isServiced = ({ Config: { Labels } }: ContainerDetails) =>
  Labels?.[composeProject] !== undefined && Labels['com.docker.compose.oneoff']?.toLowerCase() !== 'true';

const serviceKey = ({ Config: { Labels } }: ContainerDetails) =>
  `${Labels?.[composeProject]}/${Labels?.['com.docker.compose.service']}`;

const isIdStart = (key: string) => /^[0-9a-f]{12,64}$/.test(key);

function collect(pairs: readonly (readonly [string, string])[]): Needs {
  const gathered = new Map<string, string[]>();
  for (const [from, to] of pairs) gathered.set(from, [...(gathered.get(from) ?? []), to]);
  return gathered;
}

import { speaks } from '../../engine/api-version.ts';
import type {
  ContainerConfig,
  ContainerDetails,
  CreateSpec,
  EngineInfo,
  HostConfig,
  ImageDefaults,
  Json,
} from '../../engine/port.ts';
import { isContainerMode, links } from './endpoint.ts';
import { macByNetwork } from './mac.ts';
import { ownConfig } from './merge.ts';
import { networks } from './networks.ts';
import { unsupported } from './unsupported.ts';
import { volumes } from './volumes.ts';

export interface SpecSource {
  readonly original: ContainerDetails;
  /** The Config of the image the original runs; null where it is gone. */
  readonly inherited: ImageDefaults | null;
  /** The human reference the new container is created with. */
  readonly reference: string;
  /** The id of the image it will run. */
  readonly imageId: string;
  /** What the engine that makes it can do. */
  readonly engine: Pick<EngineInfo, 'apiVersion' | 'cannot'>;
}

/**
 * The settings of a new container in the place of `original`. HostConfig goes through verbatim, unknown fields too;
 * each exception below is one the engine's own rules force.
 */
export function buildSpec({ original, inherited, reference, imageId, engine }: SpecSource): CreateSpec {
  const { HostConfig: host } = original;
  const config = ownConfig(original.Config, inherited) as ContainerConfig;
  return {
    config: {
      ...config,
      ...hostRules(original, config),
      // Newer versions take it with the network, and object to two that differ.
      ...(config.MacAddress && speaks(engine.apiVersion, macByNetwork) ? { MacAddress: '' } : {}),
      Image: reference,
      Labels: labels(config.Labels ?? {}, imageId),
    },
    hostConfig: {
      ...host,
      Links: links(host.Links),
      ...(host.Devices ? { Devices: devices(host.Devices as readonly Json[]) } : {}),
      ...(host.RestartPolicy?.Name === '' ? { RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } } : {}),
      ...volumes(original),
      ...leftOut(original, engine),
    },
    networks: networks(original, engine.apiVersion),
  };
}

// A limit of nothing would be one too: Podman refuses a swappiness of 0 where it knows none.
function leftOut(original: ContainerDetails, engine: SpecSource['engine']): HostConfig {
  return Object.fromEntries(unsupported(original, engine).map((name) => [name, null]));
}

/** What the container's namespaces forbid it to state, or what the engine made up for the old one alone. */
function hostRules(original: ContainerDetails, config: ContainerConfig): Partial<ContainerConfig> {
  const { Id, HostConfig: host } = original;
  const borrowed = isContainerMode(host.NetworkMode);
  const generated = config.Hostname === Id.slice(0, 12);
  const ports = borrowed ? {} : { ...config.ExposedPorts, ...published(original) };
  const unnamed = borrowed || generated || host.UTSMode === 'host';
  return {
    ExposedPorts: ports,
    ...(unnamed ? { Hostname: '' } : {}),
    ...(borrowed ? { Domainname: '' } : {}),
  };
}

// A port that is bound and not exposed publishes nothing, so it must stay exposed where the new image does not say so,
// and must not become so where it was not.
function published({ Config, HostConfig }: ContainerDetails): Record<string, object> {
  const bound = Object.keys(HostConfig.PortBindings ?? {}).filter((port) => port in (Config.ExposedPorts ?? {}));
  return Object.fromEntries(bound.map((port) => [port, {}]));
}

/** Compose compares this label with the image on the engine, and recreates the container where they differ. */
const composeImage = 'com.docker.compose.image';

function labels(own: Readonly<Record<string, string>>, imageId: string): Record<string, string> {
  return composeImage in own ? { ...own, [composeImage]: imageId } : { ...own };
}

// Podman leaves this empty, and refuses it empty.
function devices(given: readonly Json[]): readonly Json[] {
  return given.map((device) => ({ ...device, CgroupPermissions: device.CgroupPermissions || 'rwm' }));
}

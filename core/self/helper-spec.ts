import { buildSpec } from '../cycle/settings/spec.ts';
import type { ContainerDetails, CreateSpec, Endpoint, EngineInfo, ImageDefaults } from '../engine/port.ts';
import { helperImageLabel, helperLabel } from './own-container.ts';

/**
 * The settings of a container that replaces `own`: the same image, command, environment, mounts and networks, so that
 * it has the same journal, lock, credentials and engine, but nothing that only one of them can have.
 */
export function helperSpec(
  own: ContainerDetails,
  inherited: ImageDefaults | null,
  { imageId, engine }: { readonly imageId: string; readonly engine: Pick<EngineInfo, 'apiVersion' | 'cannot'> },
): CreateSpec {
  const spec = buildSpec({ original: own, inherited, reference: own.Image, imageId: own.Image, engine });
  const { MacAddress: _, ...config } = spec.config;
  const scope = own.Config.Labels?.['belfry.scope'];
  return {
    config: {
      ...config,
      Hostname: '',
      Domainname: '',
      ExposedPorts: {},
      Healthcheck: { Test: ['NONE'] },
      // None of Compose's: it would take it for a container of its own.
      Labels: {
        [helperLabel]: own.Id,
        [helperImageLabel]: imageId,
        ...(scope === undefined ? {} : { 'belfry.scope': scope }),
      },
    },
    hostConfig: {
      ...spec.hostConfig,
      PortBindings: {},
      PublishAllPorts: false,
      AutoRemove: false,
      ContainerIDFile: '',
      // Killed at any point it goes on; once it has done its work it ends with 0, and stays as a record of that.
      RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 0 },
    },
    networks: spec.networks.map(({ name, endpoint }) => ({ name, endpoint: unaddressed(endpoint) })),
  };
}

/** Addresses and names on the network stay with the container that has them. */
function unaddressed({ Links, DriverOpts, GwPriority }: Endpoint): Endpoint {
  return {
    ...(Links ? { Links } : {}),
    ...(DriverOpts ? { DriverOpts } : {}),
    ...(GwPriority ? { GwPriority } : {}),
  };
}

import type { ContainerDetails, Endpoint } from '../../engine/port.ts';

/** Whether a network is the one that the container names as its own. */
export function isPrimary({ HostConfig, NetworkSettings }: ContainerDetails, name: string): boolean {
  const { NetworkMode: mode = 'default' } = HostConfig;
  const primary = mode === 'default' ? 'bridge' : mode;
  return name === primary || NetworkSettings.Networks?.[name]?.NetworkID === primary;
}

export function isContainerMode(mode: string | undefined): boolean {
  return mode?.startsWith('container:') ?? false;
}

/** Inspect answers `/db:/web/alias`, create takes `db:alias`; without an alias the name counts. */
export function links(given: readonly string[] | null | undefined): readonly string[] {
  return (given ?? []).map((link) => {
    const [source = '', target = ''] = link.split(':');
    const provider = source.replace(/^\//, '');
    return `${provider}:${target.slice(target.lastIndexOf('/') + 1) || provider}`;
  });
}

/** The aliases somebody gave: the engine itself adds the short id. */
export function ownAliases(id: string, { Aliases }: Endpoint): readonly string[] {
  return (Aliases ?? []).filter((alias) => alias !== id.slice(0, 12));
}

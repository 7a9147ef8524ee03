import type { EngineApi } from './engine-api.ts';

interface Own {
  readonly engine: EngineApi;
  readonly scope: string;
  /** Of names, and the folder of repositories. */
  readonly prefix: string;
}

interface Labelled {
  readonly Labels?: Readonly<Record<string, string>> | null;
}

interface Container extends Labelled {
  readonly Id: string;
  readonly Names: readonly string[];
}

interface Network extends Labelled {
  readonly Id: string;
  readonly Name: string;
}

interface Volumes {
  readonly Volumes: readonly (Labelled & { readonly Name: string })[] | null;
}

interface Image {
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
}

/** Removes the containers, networks, volumes and images of one test, and nothing else. */
export async function removeOwn({ engine, scope, prefix }: Own): Promise<void> {
  const isOwn = (thing: Labelled, ...names: readonly string[]) =>
    thing.Labels?.['belfry.scope'] === scope || names.some((name) => name.startsWith(prefix));
  const remove = (path: string) => engine.ask('DELETE', path);

  const containers = await engine.call<readonly Container[]>('GET', '/containers/json?all=1');
  const ownContainers = containers.filter((one) => isOwn(one, ...one.Names.map((name) => name.slice(1))));
  await Promise.all(ownContainers.map(({ Id }) => remove(`/containers/${Id}?force=1&v=1`)));

  const networks = await engine.call<readonly Network[]>('GET', '/networks');
  const ownNetworks = networks.filter((one) => isOwn(one, one.Name));
  await Promise.all(ownNetworks.map(({ Id }) => remove(`/networks/${Id}`)));

  const { Volumes } = await engine.call<Volumes>('GET', '/volumes');
  const ownVolumes = (Volumes ?? []).filter((one) => isOwn(one, one.Name));
  await Promise.all(ownVolumes.map(({ Name }) => remove(`/volumes/${Name}`)));

  // By name, never by id: another test may have the same image under a name of its own.
  const images = await engine.call<readonly Image[]>('GET', '/images/json');
  const names = images.flatMap(({ RepoTags, RepoDigests }) => [...(RepoTags ?? []), ...(RepoDigests ?? [])]);
  for (const name of names.filter((one) => one.includes(`/${prefix}/`))) await remove(`/images/${name}`);
}

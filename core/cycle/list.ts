import { containerSettings } from '../config/container.ts';
import { matchesName } from '../config/pattern.ts';
import { selects } from '../config/select.ts';
import type { ContainerSettings } from '../config/settings.ts';
import { labelPrefixes } from '../config/table.ts';
import type { ContainerDetails, ContainerSummary, ImageSummary } from '../engine/port.ts';
import { AppError } from '../errors/app-error.ts';
import type { Workload } from '../events.ts';
import type { Reference } from '../registry/port.ts';
import { repositoryName } from '../registry/reference.ts';
import type { Context } from './context.ts';

/** A container of this cycle, with what its labels ask for and what is known of the image it runs. */
export interface Listed {
  readonly workload: Workload;
  readonly container: ContainerSummary;
  readonly settings: ContainerSettings;
  /** Undefined where the image is gone from the engine. */
  readonly image: ImageSummary | undefined;
}

export interface Listing {
  readonly listed: readonly Listed[];
  /** Every container of the engine, whoever it belongs to. */
  readonly containers: readonly ContainerSummary[];
  readonly images: ReadonlyMap<string, ImageSummary>;
}

/** Asks the engine twice, whatever the number of containers, and keeps those that names, labels and scope select. */
export async function list({ engine, settings, request }: Context): Promise<Listing> {
  const [containers, images] = await Promise.all([engine.list(), engine.images()]);
  const unknown = request.names.filter((name) => !containers.some((one) => matchesName(name, one.name)));
  if (unknown.length > 0) throw new AppError('WORKLOAD_UNKNOWN', `no container is named ${unknown.join(' or ')}`);
  const byId = new Map(images.map((image) => [image.id, image]));
  const listed = containers
    .filter((container) => selects(container, settings, request.names).selected)
    .map((container) => listedOf({ settings }, { images: byId }, container))
    .filter(({ container, settings: own }) => settings.includeStopped || own.rerun || !isStopped(container.state))
    .sort((a, b) => (a.workload.name < b.workload.name ? -1 : 1));
  return { listed, containers, images: byId };
}

export function listedOf(
  { settings }: Pick<Context, 'settings'>,
  { images }: Pick<Listing, 'images'>,
  container: ContainerSummary,
): Listed {
  return {
    workload: workloadOf(container),
    container,
    settings: containerSettings(container.labels, settings),
    image: images.get(container.imageId),
  };
}

/** The image that a tag names on the engine itself. */
export function imageNamed({ images }: Pick<Listing, 'images'>, reference: Reference): ImageSummary | undefined {
  const tag = `${repositoryName(reference)}:${reference.tag}`;
  return [...images.values()].find(({ repoTags }) => repoTags.includes(tag));
}

type Named = Pick<ContainerSummary, 'name' | 'id' | 'image' | 'labels'>;

/** Whether a list shows the id of a container's image in place of its reference: its tag has moved on since. */
export function showsId(image: string): boolean {
  return /^(sha256:)?[0-9a-f]{12,64}$/.test(image);
}

export function isStopped(state: string): boolean {
  return state === 'exited' || state === 'created';
}

export function workloadOf({ name, id, image, labels }: Named): Workload {
  const project = labels['com.docker.compose.project'] ?? null;
  const service = labels['com.docker.compose.service'] ?? null;
  const told = tellable(labels);
  return { kind: 'container', name, id, image, project, service, ...(told === undefined ? {} : { labels: told }) };
}

/** Those meant for us; commands that they hold are nobody else's business. */
function tellable(labels: Named['labels']): Workload['labels'] {
  const own = Object.entries(labels).filter(
    ([name]) => Object.values(labelPrefixes).some((prefix) => name.startsWith(prefix)) && !/lifecycle|hook/.test(name),
  );
  return own.length === 0 ? undefined : Object.fromEntries(own);
}

export function workloadFrom({ Id, Name, Config }: ContainerDetails): Workload {
  const labels = Config.Labels ?? {};
  return workloadOf({ id: Id, name: Name.replace(/^\//, ''), image: Config.Image, labels });
}

import { imagePlatform } from '../../engine/platform.ts';
import type { ImageDetails } from '../../engine/port.ts';
import { AppError } from '../../errors/app-error.ts';
import type { ImageVersion, Recreated } from '../../events.ts';
import type { Snapshot } from '../../journal/port.ts';
import { parseReference, repositoryName } from '../../registry/reference.ts';
import { existing } from '../candidate.ts';
import type { Context } from '../context.ts';
import { type Pass, replaceAll } from '../cycle.ts';
import { impossible, planOf, skipped } from '../decide.ts';
import { createEndings } from '../endings.ts';
import { type Exemption, exemption } from '../exempt.ts';
import { gather } from '../groups/gather.ts';
import { openWorld, type World } from '../groups/groups.ts';
import { heldBack } from '../groups/hold-back.ts';
import { imageNamed, type Listed, type Listing, list } from '../list.ts';
import { preflight } from '../preflight.ts';
import type { Pulled } from '../pull.ts';
import { recover } from '../recovery/recover.ts';
import { bumpOf } from '../version.ts';

/** A normal replacement, back to the image and the settings that the journal has from before the last update. */
export function rollbackTo(name: string): Pass {
  return async (context) => {
    const stillDown = await recover(context);
    const listing = await list(context);
    const listed = listing.listed.find(({ workload }) => workload.name === name);
    if (listed === undefined) throw new AppError('WORKLOAD_UNKNOWN', `${name} is not among the watched containers`);
    const last = await lastUpdate(context, name);
    if (last === undefined) throw new AppError('NOTHING_TO_ROLL_BACK', `the journal knows no update of ${name}`);
    const exempt = exemption(listed, context.own) ?? ownObjection(context, listed);
    if (exempt !== undefined) {
      const { workload } = listed;
      const fact = { type: 'skipped', cycle: context.cycle, workload, to: null, by: 'core', ending: true } as const;
      await context.bus.emit({ ...fact, ...exempt });
      return { previews: [], stillDown, wouldRemove: [] };
    }
    await preflight(context);

    const endings = createEndings(context);
    const world = await openWorld(context, listing);
    const job = await jobFor(context, { listing, listed, world }, last);
    const question = { listing, world, jobs: [job], refused: new Map() };
    const objection = impossible(context, question, job) ?? heldBack(context, question).get(job);
    if (objection !== undefined) endings.add(skipped(context, job, objection));
    else {
      const groups = await gather(context, { listing, world, updates: [job], endings });
      await replaceAll(context, groups, endings);
    }
    await endings.state();
    return { previews: [], stillDown, wouldRemove: [] };
  };
}

/** A helper container could replace it, but only ever forward. */
function ownObjection({ own }: Context, { container }: Listed): Exemption | undefined {
  if (container.id !== own?.id) return undefined;
  return { code: 'OWN_CONTAINER', reason: 'Belfry itself runs in it, and cannot put itself back' };
}

interface LastUpdate {
  readonly event: Recreated;
  readonly snapshot: Snapshot | undefined;
}

async function lastUpdate({ journal }: Context, name: string): Promise<LastUpdate | undefined> {
  const snapshots = new Map<string, string>();
  let event: Recreated | undefined;
  for await (const record of journal.read(0)) {
    if (record.kind === 'intent' && record.workload.name === name) snapshots.set(record.cycle, record.snapshot);
    const isUpdate = record.kind === 'event' && record.event.type === 'recreated';
    if (isUpdate && record.event.workload.name === name) event = record.event;
  }
  if (event === undefined) return undefined;
  const file = snapshots.get(event.cycle);
  return { event, snapshot: file === undefined ? undefined : await journal.loadSnapshot(file) };
}

async function jobFor(
  context: Context,
  { listing, listed, world }: { readonly listing: Listing; readonly listed: Listed; readonly world: World },
  { event, snapshot }: LastUpdate,
): Promise<Pulled> {
  const { engine } = context;
  const { workload, container } = listed;
  const original = world.containers.get(container.id) ?? (await engine.inspect(container.id));
  const current = await existing(engine.inspectImage(container.imageId));
  const pinned = await previousImage(context, event.from);
  const from = { ...event.to, imageId: container.imageId };
  const to = { ...event.from, imageId: pinned.Id };
  const reference = parseReference(to.reference);
  const stale = {
    ...listed,
    workload: { ...workload, image: original.Config.Image },
    reference,
    from,
    to,
    bump: bumpOf(from, to),
    downloadBytes: null,
    platform: imagePlatform(pinned),
    defaults: pinned.Config ?? {},
    current,
  };
  const kept = to.reference === original.Config.Image;
  const before = kept ? original.Image : (imageNamed(listing, reference)?.id ?? null);
  const spec = snapshot === undefined ? {} : { spec: snapshot.spec };
  return {
    ...stale,
    original,
    plan: planOf(context, stale),
    tag: { reference, before },
    pinned,
    fetched: false,
    follows: false,
    undoes: true,
    ...spec,
  };
}

/** The image itself where it is still on the engine, else pulled again by its digest. */
async function previousImage({ engine, registry }: Context, version: ImageVersion): Promise<ImageDetails> {
  const present = version.imageId === null ? null : await existing(engine.inspectImage(version.imageId));
  if (present !== null) return present;
  if (version.digest === null) {
    throw new AppError('NOTHING_TO_ROLL_BACK', `the image before the last update (${version.imageId}) is gone`);
  }
  const reference = parseReference(version.reference);
  const name = `${repositoryName(reference)}@${version.digest}`;
  await engine.pull(name, { credentials: await registry.pullCredentials(reference) });
  return engine.inspectImage(name);
}

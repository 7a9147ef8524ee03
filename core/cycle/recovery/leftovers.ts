import { containerSettings } from '../../config/container.ts';
import { ruleFor } from '../../config/follow.ts';
import type { ContainerDetails, ContainerSummary } from '../../engine/port.ts';
import { AppError } from '../../errors/app-error.ts';
import type { IntentRecord } from '../../journal/record.ts';
import { repositoryName, sameRepository } from '../../registry/reference.ts';
import type { Context } from '../context.ts';
import { tagOf } from '../replacement/moved-tag.ts';
import { parked, type Role } from '../replacement/names.ts';

type Part = Role | 'main';

/** The containers of one workload that an interrupted replacement left: `main` bears its name, the others park. */
export type Leftovers = { readonly [P in Part]?: ContainerSummary };

/** What a combination of names means. */
interface Meaning {
  readonly original: Part;
  readonly successor?: Part;
  readonly inCharge: 'original' | 'successor';
  /** For a workload that did not run and is not to be started. */
  readonly stopped?: true;
}

/** The recovery table: which containers there are, and what it means. Anything else is somebody else's doing. */
const table: Readonly<Record<string, Meaning>> = {
  'main + new': { original: 'main', successor: 'new', inCharge: 'original' },
  'new + old': { original: 'old', successor: 'new', inCharge: 'original' },
  'main + old': { original: 'old', successor: 'main', inCharge: 'successor' },
  old: { original: 'old', inCharge: 'original' },
  'main + newStopped': { original: 'main', successor: 'newStopped', inCharge: 'original', stopped: true },
  'newStopped + oldStopped': { original: 'oldStopped', successor: 'newStopped', inCharge: 'original', stopped: true },
  'main + oldStopped': { original: 'oldStopped', successor: 'main', inCharge: 'successor', stopped: true },
  oldStopped: { original: 'oldStopped', inCharge: 'original', stopped: true },
};

/** An interrupted replacement: the two containers of a workload, and which of them is in charge. */
export interface Interrupted {
  readonly name: string;
  readonly original: ContainerDetails;
  readonly successor: ContainerDetails | undefined;
  readonly inCharge: 'original' | 'successor';
  readonly stopped: boolean;
}

/** Groups what bears a parking name with the workload it belongs to; other scopes are other Belfries' business. */
export function findLeftovers(
  { settings }: Context,
  containers: readonly ContainerSummary[],
): ReadonlyMap<string, Leftovers> {
  const ours = containers.filter(({ labels }) => containerSettings(labels, settings).scope === settings.scope);
  const found = new Map<string, Leftovers>();
  for (const container of ours) {
    const parking = parked(container.name);
    if (parking === undefined) continue;
    const main = containers.find(({ name }) => name === parking.name);
    const known = found.get(parking.name) ?? (main === undefined ? {} : { main });
    found.set(parking.name, { ...known, [parking.role]: container });
  }
  return found;
}

/** `main + new` */
export const combinationOf = (parts: Leftovers): string => Object.keys(parts).toSorted().join(' + ');

/** Reads the containers by the table. Throws RECOVERY_AMBIGUOUS where that says nothing. */
export async function interrupted(context: Context, name: string, parts: Leftovers): Promise<Interrupted> {
  const { engine } = context;
  const meaning = table[combinationOf(parts)];
  const original = meaning === undefined ? undefined : parts[meaning.original];
  if (meaning === undefined || original === undefined) throw ambiguous(name, parts);
  const successor = meaning.successor === undefined ? undefined : parts[meaning.successor];
  const one = {
    name,
    original: await engine.inspect(original.id),
    successor: successor && (await engine.inspect(successor.id)),
    inCharge: meaning.inCharge,
    stopped: meaning.stopped ?? false,
  };
  const intent = intentOf(context, name);
  const foreign = one.inCharge === 'successor' && intent !== undefined && one.successor?.Image !== intent.to.imageId;
  if (!isMadeFor(context, one) || foreign) throw ambiguous(name, parts);
  return one;
}

/**
 * Someone else's container beside one of ours is told by its image: a successor is made from the same reference, or
 * from another tag of the repository where the original follows its versions, or where the journal says so.
 */
function isMadeFor(context: Context, { name, original, successor }: Interrupted): boolean {
  const { Image, Labels } = original.Config;
  const made = successor?.Config.Image;
  if (made === undefined || made === Image || made === intentOf(context, name)?.to.reference) return true;
  const own = containerSettings(Labels ?? {}, context.settings);
  const reference = tagOf(Image, original.Image);
  const rule = reference === null ? null : ruleFor(repositoryName(reference), own, context.settings);
  return rule !== null && sameRepository(Image, made);
}

/** What the journal knows of the update that left a workload like this. */
export function intentOf({ journal }: Pick<Context, 'journal'>, name: string): IntentRecord | undefined {
  const { downIntents, openIntents } = journal.memory;
  return [...downIntents(), ...openIntents()].findLast(({ workload }) => workload.name === name);
}

export function ambiguous(name: string, parts: Leftovers): AppError {
  const names = Object.values(parts).map((container) => container.name);
  const message = `${name}: no interrupted update leaves just ${names.toSorted().join(', ')}`;
  return new AppError('RECOVERY_AMBIGUOUS', message);
}

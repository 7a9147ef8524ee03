import { AppError } from '../errors/app-error.ts';
import type { Found } from '../events.ts';
import type { ApprovalRecord } from '../journal/record.ts';
import { compareOne } from './check.ts';
import type { Context } from './context.ts';
import { createQuestions } from './following/questions.ts';
import { type Listed, list } from './list.ts';

/**
 * Writes down what somebody says of the newer image of a container: the one that a cycle found last, or, where none
 * has, the one that its registry has now. Throws NOTHING_TO_APPROVE where there is no newer one.
 */
export async function approve(
  context: Context,
  { name, verdict }: Pick<ApprovalRecord, 'verdict'> & { readonly name: string },
): Promise<ApprovalRecord> {
  const { journal, now } = context;
  if (!journal.durable) {
    throw new AppError('STATE_UNWRITABLE', 'there is no state folder to remember the word in');
  }
  const listing = await list(context);
  const listed = listing.listed.find(({ workload }) => workload.name === name);
  if (listed === undefined) throw new AppError('WORKLOAD_UNKNOWN', `${name} is not among the watched containers`);
  const candidate = (await lastFound(context, listed)) ?? (await lookUp(context, listed, listing));
  const record = { kind: 'approval', time: now().toISOString(), ...candidate, verdict } as const;
  await journal.append(record);
  return record;
}

type Candidate = Pick<ApprovalRecord, 'workload' | 'from' | 'to'>;

/** What cycles have told of this very container last, as far as it still runs the image from before. */
async function lastFound({ journal }: Context, { workload }: Listed): Promise<Candidate | undefined> {
  let last: Found | undefined;
  for await (const record of journal.read(0)) {
    if (record.kind !== 'event' || record.event.workload?.id !== workload.id) continue;
    const { event } = record;
    if (event.type === 'found') last = event;
    else if (event.type === 'checked' && event.upToDate) last = undefined;
  }
  return last === undefined ? undefined : { workload: last.workload, from: last.from, to: last.to };
}

async function lookUp(context: Context, listed: Listed, listing: Awaited<ReturnType<typeof list>>): Promise<Candidate> {
  // What it answered in the last cycle may be of yesterday.
  context.registry.beginCycle();
  const asking = { ...listed, ask: createQuestions(context) };
  const { listed: asked, found } = await compareOne(context, listing, asking);
  const { workload } = asked;
  if ('code' in found) throw nothing(`${workload.name} cannot be updated: ${found.reason}`);
  if ('upToDate' in found) throw nothing(`${workload.name} is up to date`);
  return { workload, from: found.from, to: found.to };
}

const nothing = (message: string) => new AppError('NOTHING_TO_APPROVE', message);

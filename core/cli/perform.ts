import type { Belfry, Writer } from '../app.ts';
import type { Request as Asked } from '../control/request.ts';
import type { Audience } from '../control/serve.ts';
import { approve } from '../cycle/approve.ts';
import type { Request } from '../cycle/context.ts';
import { type Pass, recoveries, runCycle, updates } from '../cycle/cycle.ts';
import type { Own } from '../cycle/own.ts';
import { rollbackTo } from '../cycle/replacement/roll-back-to.ts';
import type { PullProgress } from '../engine/port.ts';
import { AppError } from '../errors/app-error.ts';
import type { Finished, Workload } from '../events.ts';
import type { ApprovalRecord } from '../journal/record.ts';
import type { Session } from './session.ts';

/** The requests that come to a cycle. */
export type Work = Extract<Asked, { command: 'update' | 'rollback' | 'recover' }>;
/** What somebody says of the newer image of one container. */
export type Word = Extract<Asked, { command: 'approve' | 'deny' }>;

export interface Progress {
  readonly workload: Workload;
  readonly pull: PullProgress;
}

/** Runs the cycle that is asked for, once its turn has come. */
export function perform(
  { signal, own }: Pick<Session, 'signal'> & { readonly own?: Own | undefined },
  writer: Writer,
  asked: Work,
  audience: Audience,
): Promise<Finished> {
  return writer.turn.take(async () => {
    if (signal.aborted) throw new AppError('BUSY', 'this Belfry is about to stop');
    const { request, pass } = translate(asked);
    const onPull = (workload: Workload, pull: PullProgress) => audience.progress({ workload, pull } satisfies Progress);
    return runFor(writer, { request, pass, audience, signal, onPull, own });
  });
}

/** Writes a word down, also in the middle of a cycle: it counts from the next one on. */
export async function giveWord(
  { signal }: Pick<Session, 'signal'>,
  belfry: Belfry,
  { command, name }: Word,
): Promise<ApprovalRecord> {
  if (signal.aborted) throw new AppError('BUSY', 'this Belfry is about to stop');
  const request = { trigger: 'manual', names: [name], dryRun: false, force: false } as const;
  const verdict = command === 'approve' ? 'approved' : 'denied';
  return approve(belfry.context(request, { signal }), { name, verdict });
}

type Run = {
  readonly request: Request;
  readonly pass: Pass;
  readonly audience: Pick<Audience, 'event'>;
  readonly signal: AbortSignal;
  readonly own: Own | undefined;
  readonly onPull?: (workload: Workload, pull: PullProgress) => void;
};

async function runFor(belfry: Belfry, { request, pass, audience, ...options }: Run): Promise<Finished> {
  const context = belfry.context(request, options);
  const stop = belfry.bus.on((event) => {
    if (event.cycle === context.cycle) audience.event(event);
  });
  try {
    return (await runCycle(context, pass)).finished;
  } finally {
    stop();
  }
}

function translate(asked: Work): { readonly request: Request; readonly pass: Pass } {
  const base = { trigger: 'manual', names: [], dryRun: false, force: false } as const;
  switch (asked.command) {
    case 'update':
      return { request: { ...base, names: asked.names, force: asked.force ?? false }, pass: updates };
    case 'rollback':
      return { request: { ...base, names: [asked.name], force: asked.force ?? false }, pass: rollbackTo(asked.name) };
    case 'recover':
      return { request: base, pass: recoveries };
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Belfry, Writer } from '../app.ts';
import { openWriter } from '../app.ts';
import { ask } from '../control/ask.ts';
import type { Request as Asked } from '../control/request.ts';
import { type Audience, serve } from '../control/serve.ts';
import type { Request } from '../cycle/context.ts';
import { type Pass, recoveries, runCycle, updates } from '../cycle/cycle.ts';
import type { Own } from '../cycle/own.ts';
import { rollbackTo } from '../cycle/replacement/roll-back-to.ts';
import type { PullProgress } from '../engine/port.ts';
import { AppError, hasCode } from '../errors/app-error.ts';
import type { BelfryEvent, Finished, Workload } from '../events.ts';
import { describeRunning } from './plugin-list.ts';
import type { Session } from './session.ts';

/** How long a command that ends waits for messages; the next run delivers what is left. */
const deliveryPatience = 10_000;
/** How often a request is handed on when the Belfry that took it ends. */
const mostAttempts = 5;

/** The requests that come to a cycle. */
type Work = Extract<Asked, { command: 'update' | 'rollback' | 'recover' }>;

/** The report of a cycle and the events that led to it. */
export interface Done {
  readonly finished: Finished;
  readonly events: readonly BelfryEvent[];
}

interface Progress {
  readonly workload: Workload;
  readonly pull: PullProgress;
}

/**
 * Has a cycle done: by the Belfry that is at work on this engine already, else by this process, which then holds the
 * lock and serves others in the meantime. Either way this terminal sees it happen.
 */
export async function work(session: Session, asked: Work): Promise<Done> {
  for (let attempt = 1; ; attempt += 1) {
    const events: BelfryEvent[] = [];
    const audience = audienceOf(session, events);
    const writer = await openWriter(session.parts);
    if (!('runningIn' in writer)) return { finished: await workHere(session, writer, asked, audience), events };
    session.terminal.note('another Belfry is at work here; it takes the request');
    let begun = false;
    try {
      const finished = await ask(writer.runningIn, asked, (line) => {
        begun = true;
        if ('event' in line) audience.event(line.event);
        else audience.progress(line.progress);
      });
      return { finished: finished as Finished, events };
    } catch (error) {
      // It ended before it came to this request, which then falls to whoever holds the lock next.
      if (begun || attempt === mostAttempts || !hasCode(error, 'CONTROL_FAILED', 'NOT_RUNNING')) throw error;
      await delay(200);
    }
  }
}

async function workHere(session: Session, writer: Writer, asked: Work, audience: Audience): Promise<Finished> {
  try {
    serveRequests(session, writer);
    const finished = await perform(session, writer, asked, audience);
    await writer.turn.close();
    const waiting = await writer.delivery.idle(deliveryPatience);
    if (waiting > 0)
      session.terminal.note(
        `${waiting} ${waiting === 1 ? 'message' : 'messages'} could not be delivered yet; the next run goes on`,
      );
    return finished;
  } finally {
    await writer.close();
  }
}

/** What a process that serves others also has: the container it may have replaced, and a configuration to read anew. */
interface Serving {
  readonly own?: Own | undefined;
  readonly reload?: (() => Promise<unknown>) | undefined;
}

/** Lets other commands hand their requests to this process. */
export function serveRequests({ signal }: Session, writer: Writer, { own, reload = notHere }: Serving = {}): void {
  if (writer.lock === undefined) return;
  const work = (request: Work, audience: Audience) => perform({ signal, own }, writer, request, audience);
  const plugins = () => describeRunning(writer);
  serve(writer.lock, { update: work, rollback: work, recover: work, plugins, reload });
}

async function notHere(): Promise<never> {
  throw new AppError('NOT_RUNNING', 'no Belfry watches here, only a single command is at work');
}

function perform(
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

/** Shows pulls as they go on, one line a container, and keeps the events. */
function audienceOf({ terminal, args }: Session, events: BelfryEvent[]): Audience {
  return {
    event(event) {
      events.push(event);
      if (event.workload !== null && 'ending' in event) terminal.progress(event.workload.name, undefined);
      if (event.type === 'pulled') terminal.progress(event.workload.name, undefined);
    },
    progress(progress) {
      if (args.json) return;
      const { workload, pull } = progress as Progress;
      const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
      const layers = `${pull.layersDone}/${pull.layers} layers`;
      const line = `${workload.name}  pulling  ${layers}  ${megabytes(pull.bytesDone)}/${megabytes(pull.bytes)} MB`;
      terminal.progress(workload.name, line);
    },
  };
}

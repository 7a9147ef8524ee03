import { setTimeout as delay } from 'node:timers/promises';
import type { Writer } from '../app.ts';
import { openWriter } from '../app.ts';
import { ask, type Line } from '../control/ask.ts';
import type { Request } from '../control/request.ts';
import type { Audience } from '../control/serve.ts';
import { hasCode } from '../errors/app-error.ts';
import type { BelfryEvent, Finished } from '../events.ts';
import { pause } from './pause.ts';
import { type Progress, perform, type Work } from './perform.ts';
import { serveRequests } from './serve-requests.ts';
import type { Session } from './session.ts';

/** How long a command that ends waits for messages; the next run delivers what is left. */
const deliveryPatience = 10_000;
/** How often a request is handed on when the Belfry that took it ends. */
const mostAttempts = 5;
/** How often it is asked whether one that is about to stop has stopped: what it has in hand may take minutes. */
const waitForLock = 500;

/** The report of a cycle and the events that led to it. */
export interface Done {
  readonly finished: Finished;
  readonly events: readonly BelfryEvent[];
}

/**
 * Has a cycle done: by the Belfry that is at work on this engine already, else by this process, which then holds the
 * lock and serves others in the meantime. Either way this terminal sees it happen.
 */
export async function work(session: Session, asked: Work): Promise<Done> {
  const events: BelfryEvent[] = [];
  const audience = audienceOf(session, events);
  const finished = await whereAtWork(session, asked, {
    here: async (writer) => {
      try {
        return await perform(session, writer, asked, audience);
      } finally {
        await writer.turn.close();
        await waitForMessages(session, writer);
      }
    },
    onLine: (line) => ('event' in line ? audience.event(line.event) : audience.progress(line.progress)),
  });
  return { finished, events };
}

interface Ways<Result> {
  /** Where nobody else is at work. */
  readonly here: (writer: Writer) => Promise<Result>;
  /** What whoever is at work tells meanwhile. */
  readonly onLine?: (line: Line) => void;
}

/** Has a request done by the Belfry that is at work on this engine already, else by this process. */
export async function whereAtWork<Result>(
  session: Session,
  asked: Request,
  { here, onLine }: Ways<Result>,
): Promise<Result> {
  let stopping = false;
  for (let attempt = 1; ; attempt += 1) {
    const writer = await openWriter(session.parts);
    if (!('runningIn' in writer)) return workHere(session, writer, here);
    if (!stopping) session.terminal.note('another Belfry is at work here; it takes the request');
    let begun = false;
    try {
      const result = await ask(writer.runningIn, asked, (line) => {
        begun = true;
        onLine?.(line);
      });
      return result as Result; // made there by the same function
    } catch (error) {
      if (begun) throw error;
      if (hasCode(error, 'BUSY') && !session.signal.aborted) {
        if (!stopping) session.terminal.note('it is about to stop; the request waits until it has');
        stopping = true;
        attempt = 0;
        await pause(waitForLock, session.signal);
        continue;
      }
      // It ended before it came to this request, which then falls to whoever holds the lock next.
      if (attempt >= mostAttempts || !hasCode(error, 'CONTROL_FAILED', 'NOT_RUNNING')) throw error;
      await delay(200);
    }
  }
}

async function workHere<Result>(
  session: Session,
  writer: Writer,
  here: (writer: Writer) => Promise<Result>,
): Promise<Result> {
  try {
    serveRequests(session, writer);
    return await here(writer);
  } finally {
    await writer.close();
  }
}

/** Waits a while for what is to be delivered now, and for plugins that listen; says what is left to deliver. */
export async function waitForMessages({ terminal }: Session, { delivery, host }: Writer): Promise<void> {
  const [{ waiting, held }] = await Promise.all([delivery.idle(deliveryPatience), host.settle(deliveryPatience)]);
  const count = (number: number) => `${number} ${number === 1 ? 'message' : 'messages'}`;
  if (waiting > 0) terminal.note(`${count(waiting)} could not be delivered yet; the next run goes on`);
  if (held > 0) terminal.note(`${count(held)} held until later; a run at that time or after it sends them`);
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

import { openWriter, type Writer } from '../app.ts';
import { formatDuration } from '../config/duration.ts';
import { nextRuns } from '../config/schedule.ts';
import { runCycle, updates } from '../cycle/cycle.ts';
import { recover } from '../cycle/recover.ts';
import { AppError } from '../errors/app-error.ts';
import type { Finished, Trigger } from '../events.ts';
import { type CommandRun, exitCodes, type Session } from './session.ts';
import { serveRequests } from './work.ts';

/** How often something that is down is tried again between cycles. */
const rescueEvery = 30_000;

/** Cycles by the clock until a signal ends it; serves the other commands meanwhile. */
export const watch: CommandRun = async (session) => {
  const { settings } = session.loaded;
  const writer = await openWriter(session.parts);
  if ('runningIn' in writer) {
    throw new AppError('BUSY', 'another Belfry already watches this engine', {
      hint: 'Stop it first, or give each of them a --scope of its own.',
    });
  }
  try {
    serveRequests(session, writer);
    if (settings.runOnce) return await runOnce(session, writer);
    greet(session);
    await loop(session, writer);
    return exitCodes.fine;
  } finally {
    await writer.close();
  }
};

async function runOnce(session: Session, writer: Writer): Promise<number> {
  const finished = await cycle(session, writer, 'startup');
  await writer.delivery.idle(10_000);
  return finished === undefined || finished.counts.failed > 0 ? exitCodes.failed : exitCodes.fine;
}

async function loop(session: Session, writer: Writer): Promise<void> {
  const { signal, parts, loaded } = session;
  let trigger: Trigger = 'startup';
  for (let first = true; !signal.aborted; first = false) {
    // By the clock means when the clock says so; an interval counts from now.
    if (!first || loaded.settings.schedule === null) {
      const finished = await cycle(session, writer, trigger);
      if (!signal.aborted) await pause(session, writer, downIn(finished));
    } else await pause(session, writer, []);
    trigger = 'schedule';
  }
  parts.log.info('stopped');
}

/** A failed cycle is stated as an event already; the next one tries again. */
async function cycle({ signal }: Session, writer: Writer, trigger: Trigger): Promise<Finished | undefined> {
  return writer.turn.take(async () => {
    try {
      const request = { trigger, names: [], dryRun: false, force: false } as const;
      return (await runCycle(writer.context(request, { signal }), updates)).finished;
    } catch {
      return undefined;
    }
  });
}

/** Waits for the next run; as long as something is down, it is tried again every now and then. */
async function pause(session: Session, writer: Writer, down: readonly string[]): Promise<void> {
  const { signal, parts, loaded } = session;
  const next = await nextRun(loaded.settings);
  parts.log.info(`next run ${next.toISOString()}`);
  let stillDown = down;
  for (let left = next.getTime() - Date.now(); left > 0 && !signal.aborted; left = next.getTime() - Date.now()) {
    // Timers hold at most 2^31 ms, and a machine that slept must notice the time.
    await sleep(Math.min(left, stillDown.length > 0 ? rescueEvery : 3_600_000), signal);
    if (stillDown.length > 0 && !signal.aborted) stillDown = await rescue(session, writer, stillDown);
  }
}

/** Tries quietly: what comes up again is stated, what stays down has been stated before. */
async function rescue({ signal }: Session, writer: Writer, down: readonly string[]): Promise<readonly string[]> {
  return writer.turn.take(async () => {
    const request = { trigger: 'schedule', names: [], dryRun: false, force: false } as const;
    try {
      const stillDown = await recover(writer.context(request, { signal }), new Set(down));
      return stillDown.map(({ workload }) => workload.name);
    } catch {
      return down;
    }
  });
}

function downIn(finished: Finished | undefined): readonly string[] {
  const down = finished?.items.filter(({ outcome }) => outcome === 'down') ?? [];
  return down.map(({ workload }) => workload.name);
}

async function nextRun({ schedule, timeZone, interval }: Session['loaded']['settings']): Promise<Date> {
  if (schedule === null) return new Date(Date.now() + (interval ?? 0));
  const [next] = await nextRuns(schedule, timeZone, { count: 1 });
  return next ?? new Date(Date.now() + 86_400_000);
}

function greet({ loaded, parts }: Session): void {
  const { settings, notes } = loaded;
  if (!settings.startupMessage) return;
  const when =
    settings.schedule === null
      ? `every ${formatDuration(settings.interval ?? 0)}`
      : `at ${settings.schedule} (${settings.timeZone})`;
  const what = settings.names.length === 0 ? 'all containers' : settings.names.join(', ');
  const scope = settings.scope === null ? '' : ` in scope ${settings.scope}`;
  parts.log.info(`Belfry watches ${what}${scope} on ${settings.engine.host}, ${when}`);
  for (const note of notes) parts.log.info(note);
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const wake = () => {
      clearTimeout(timer);
      resolve();
    };
    if (signal.aborted) wake();
    signal.addEventListener('abort', wake, { once: true });
  });
}

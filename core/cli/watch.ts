import { openWriter, services, type Writer } from '../app.ts';
import { formatDuration } from '../config/duration.ts';
import { pluginsInForce } from '../config/plugins.ts';
import { formatRun, nextRuns } from '../config/schedule.ts';
import { zoneOf } from '../config/time.ts';
import { runCycle, updates } from '../cycle/cycle.ts';
import type { Own } from '../cycle/own.ts';
import { recover } from '../cycle/recovery/recover.ts';
import { AppError } from '../errors/app-error.ts';
import type { BelfryEvent, Finished, Trigger } from '../events.ts';
import { openHost } from '../host.ts';
import { findHelper, isAtWork } from '../self/helper.ts';
import { findOwnContainer, type OwnContainer } from '../self/own-container.ts';
import { standBy } from '../self/stand-by.ts';
import { type Configuration, createHangups, openConfiguration } from './configuration.ts';
import { pause } from './pause.ts';
import { porcelainText } from './porcelain.ts';
import { help, openSelf } from './self.ts';
import { serveRequests } from './serve-requests.ts';
import { type CommandRun, cycleExitCode, exitCodes, type Session } from './session.ts';
import { warnOfUnmatched } from './unmatched-names.ts';
import { updateNow } from './update.ts';
import { waitForMessages } from './work.ts';

/** How often something that is down is tried again between cycles. */
const rescueEvery = 30_000;

/** Cycles by the clock until a signal ends it; serves the other commands meanwhile. SIGHUP reads the configuration anew. */
export const watch: CommandRun = async (given) => {
  const { signal } = given;
  const hangups = createHangups();
  let session = given;
  const container = await findOwnContainer(given.parts.engine);
  if (container?.helps) return help(session, container);
  for (let first = true; !signal.aborted; first = false) {
    if (container !== undefined && !(await mayBegin(session, container))) break;
    const writer = await openWriter(session.parts);
    if ('runningIn' in writer) {
      const { runOnce, monitorOnly, names } = session.loaded.settings;
      // The one at work goes by its own settings, and so might touch what this one only looks at.
      if (runOnce && !monitorOnly) return updateNow(session, names, false);
      if (first) throw busy();
      await pause(1_000, signal); // A single command has taken the place; it ends by itself.
      continue;
    }
    try {
      if (first) await warnOfUnmatched(session);
      if (session.loaded.settings.runOnce) return await runOnce(session, writer);
      const self = container === undefined ? undefined : await openSelf(session, writer, container);
      const configuration = openConfiguration(leaving(session, self), writer);
      const { reload } = configuration;
      serveRequests(session, writer, { own: self?.own, reload });
      if (first) await greet(session);
      hangups.answerWith(reload);
      await loop({ configuration, writer, own: self?.own });
      session = { ...configuration.session, signal };
    } finally {
      await writer.close();
    }
  }
  session.parts.log.info('stopped');
  return exitCodes.fine;
};

function busy(): AppError {
  return new AppError('BUSY', 'another Belfry already watches this engine', {
    hint: 'Stop it first, or give each of them a --scope of its own.',
  });
}

/** While a helper is at work on the container this process runs in, it waits; false once it is asked to stop. */
async function mayBegin(session: Session, container: OwnContainer): Promise<boolean> {
  const { parts, signal } = session;
  const { engine, log } = parts;
  try {
    const helper = await findHelper(engine, container);
    // What would end this Belfry later must end it now, while the helper looks on and can put the old one back.
    if (helper !== null && isAtWork(helper)) await tryPlugins(session);
    await standBy({ engine, log, signal, sleep: (milliseconds) => pause(milliseconds, signal) }, container);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

async function tryPlugins({ parts, loaded }: Session): Promise<void> {
  const host = await openHost(pluginsInForce(loaded.settings), services(parts));
  await host.dispose();
}

/** As the session, and its signal also aborts once a helper waits to take over. */
function leaving(session: Session, self: { readonly leaves: AbortSignal } | undefined): Session {
  return self === undefined ? session : { ...session, signal: AbortSignal.any([session.signal, self.leaves]) };
}

async function runOnce(session: Session, writer: Writer): Promise<number> {
  serveRequests(session, writer);
  const finished = await cycle(session, { writer, own: undefined }, 'startup');
  await waitForMessages(session, writer);
  return finished === undefined ? exitCodes.failed : cycleExitCode(finished, session.signal);
}

interface Watching {
  readonly configuration: Configuration;
  readonly writer: Writer;
  readonly own: Own | undefined;
}

async function loop(watching: Watching): Promise<void> {
  const { configuration } = watching;
  const { signal, loaded } = configuration.session;
  let trigger: Trigger = 'startup';
  // By the clock means when the clock says so; an interval counts from now.
  let down: readonly string[] | undefined = loaded.settings.schedule === null ? undefined : [];
  while (!signal.aborted) {
    down ??= downIn(await cycle(configuration.session, watching, trigger));
    if (!signal.aborted) await untilNext(watching, down);
    down = undefined;
    trigger = 'schedule';
  }
}

/** A failed cycle is stated as an event already; the next one tries again. */
async function cycle(
  { signal, loaded, terminal }: Session,
  { writer, own }: Pick<Watching, 'writer' | 'own'>,
  trigger: Trigger,
): Promise<Finished | undefined> {
  const { porcelain } = loaded.settings;
  return writer.turn.take(async () => {
    const events: BelfryEvent[] = [];
    const stop = porcelain === null ? () => {} : writer.bus.on((event) => void events.push(event));
    try {
      const request = { trigger, names: [], dryRun: false, force: false } as const;
      const { finished } = await runCycle(writer.context(request, { signal, own }), updates);
      if (porcelain !== null) terminal.print(porcelainText(porcelain, finished, events));
      return finished;
    } catch {
      return undefined;
    } finally {
      stop();
    }
  });
}

/**
 * Waits for the next run, counted from now, whatever the configuration says of it in the meantime. As long as something
 * is down, it is tried again every now and then.
 */
async function untilNext({ configuration, writer }: Watching, down: readonly string[]): Promise<void> {
  const since = new Date();
  let stillDown = down;
  for (let known: AbortSignal | undefined, next = since; ; ) {
    const { session, changed } = configuration;
    if (changed !== known) {
      next = await nextRun(session, since);
      if (next.getTime() > Date.now()) session.parts.log.info(`next run ${next.toISOString()}`);
    }
    known = changed;
    const left = next.getTime() - Date.now();
    if (left <= 0 || session.signal.aborted) return;
    // Timers hold at most 2^31 ms, and a machine that slept must notice the time.
    await pause(Math.min(left, stillDown.length > 0 ? rescueEvery : 3_600_000), session.signal, changed);
    if (stillDown.length > 0 && !session.signal.aborted) stillDown = await rescue(session, writer, stillDown);
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

/** By the clock it is the next time from now, else so long after `since`. */
async function nextRun({ loaded, env }: Session, since: Date): Promise<Date> {
  const { schedule, interval } = loaded.settings;
  if (schedule === null) return new Date(since.getTime() + (interval ?? 0));
  const [next] = await nextRuns(schedule, zoneOf(loaded.settings, env), { count: 1 });
  return next ?? new Date(Date.now() + 86_400_000);
}

async function greet({ loaded, parts, env }: Session): Promise<void> {
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
  if (settings.schedule === null) return;
  const zone = zoneOf(settings, env);
  const runs = await nextRuns(settings.schedule, zone, { count: 3 });
  parts.log.info(`the next three: ${runs.map((run) => formatRun(run, zone)).join(', ')}`);
}

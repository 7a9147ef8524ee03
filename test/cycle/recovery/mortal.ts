import { createBus } from '../../../core/bus.ts';
import { loadSettings } from '../../../core/config/load.ts';
import type { Context } from '../../../core/cycle/context.ts';
import { type Pass, runCycle } from '../../../core/cycle/cycle.ts';
import type { BelfryEvent } from '../../../core/events.ts';
import { memoryJournal } from '../../../core/journal/memory-journal.ts';
import type { Journal } from '../../../core/journal/port.ts';
import { silentLog } from '../../../core/log.ts';
import type { Verdicts } from '../../../core/verdicts.ts';
import type { EngineFault, FakeEngine } from '../../kit/fake-engine.ts';
import { Killed, killAt } from '../../kit/killed.ts';

type Phase = 'before' | 'after';

/** The end of a life: at its own n-th call of the engine, before or after that has its effect. */
export interface Death {
  readonly call: number;
  readonly phase: Phase;
}

interface Life {
  readonly engine: FakeEngine;
  readonly journal: Journal;
  readonly pass: Pass;
  /** Containers of these images do not pass their health checks. */
  readonly badImages: readonly string[];
  readonly death?: Death | undefined;
  /** What goes on around its calls; what this throws, it hears from the engine. */
  readonly fault?: EngineFault;
}

const { settings } = await loadSettings({ flags: { given: [], foreign: [] }, env: {}, cwd: '/' });

/** One cycle of a Belfry that dies where it is told to; resolves with the number of calls it made. */
export async function live({ engine, journal, pass, badImages, death, fault }: Life): Promise<number> {
  const callsBefore = engine.calls.length;
  const kill = death === undefined ? undefined : killAt(callsBefore + death.call, death.phase);
  let dead = false;
  engine.setFault(async (call, phase) => {
    await fault?.(call, phase);
    try {
      await kill?.(call, phase);
    } catch (error) {
      dead = true;
      throw error;
    }
  });
  // What goes on in this test after the kill is nobody's doing, so it must not be remembered either.
  const mortal = overlay(journal, {
    append: async (entry) => {
      if (dead) throw new Killed();
      return journal.append(entry);
    },
  });
  const cycle = `cyc_${callsBefore}`;
  await runCycle(contextOf({ engine, journal: mortal, cycle, badImages }), pass).catch((error: unknown) => {
    if (!dead && fault === undefined) throw error;
  });
  engine.setFault(undefined);
  return engine.calls.length - callsBefore;
}

/** A journal in memory that counts as one on disk: it outlives a kill. */
export const lastingJournal = (): Journal => overlay(memoryJournal(), { durable: true });

/** Everything a journal was told. */
export async function eventsOf(journal: Journal): Promise<readonly BelfryEvent[]> {
  const events: BelfryEvent[] = [];
  for await (const record of journal.read(0)) if (record.kind === 'event') events.push(record.event);
  return events;
}

function overlay(journal: Journal, own: Partial<Journal>): Journal {
  return Object.assign(Object.create(journal) as Journal, own);
}

function contextOf(given: Pick<Life, 'engine' | 'journal' | 'badImages'> & { readonly cycle: string }): Context {
  const { engine, journal, cycle, badImages } = given;
  const { clock, registry } = engine;
  return {
    ...{ engine, registry, journal, cycle, log: silentLog },
    settings: { ...settings, includeStopped: true },
    bus: createBus({ journal, host: 'fake-host', log: silentLog, now: clock.date }),
    verdicts: verdicts(engine, badImages),
    request: { trigger: 'manual', names: [], dryRun: false, force: true },
    now: clock.date,
    sleep: clock.sleep,
    signal: new AbortController().signal,
  };
}

/** Looks twice, as health checks do. */
function verdicts(engine: FakeEngine, badImages: readonly string[]): Verdicts {
  return {
    refusal: async () => undefined,
    unhealthy: async ({ workload }) => {
      await engine.inspect(workload.id);
      const { Image } = await engine.inspect(workload.id);
      return badImages.includes(Image) ? ['it does not answer'] : [];
    },
    tell: async () => [],
    isAsked: () => false,
    removable: async () => ({ images: [], warnings: [] }),
  };
}

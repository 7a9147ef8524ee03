import type { LastWord } from '../journal/fold/last-words.ts';
import type { Memory } from '../journal/port.ts';
import { digestDue, type Quiet, quietUntil } from './hold.ts';
import type { Outbox } from './outbox.ts';
import type { Holds } from './pick.ts';

/** When an instance may send. */
export interface Times {
  readonly name: string;
  readonly delivery: 'run' | 'immediate' | 'digest';
  /** When digests are sent: a cron expression. */
  readonly schedule?: string | undefined;
  /** An IANA time zone for the schedule; UTC unless given. */
  readonly timeZone?: string | undefined;
  /** When to say that all is quiet, where it is: a cron expression. */
  readonly allQuiet?: string | undefined;
  readonly quiet?: Quiet | undefined;
}

/** The next time to say that all is quiet, in milliseconds since 1970, and since when nothing will have been sent. */
export interface Silence {
  readonly at: number;
  readonly since: string;
}

/** Says what holds an instance's messages at the moment, and when its silence has lasted long enough. */
export function createCalendar(instance: Times, memory: Pick<Memory, 'snoozedUntil' | 'lastWord'>, now: () => Date) {
  let due: { readonly seq: number; readonly time: number } | undefined;
  let silence: (Silence & { readonly word: LastWord }) | undefined;

  async function nextDigest({ waiting }: Pick<Outbox, 'waiting'>): Promise<number | undefined> {
    const { delivery, schedule, timeZone = 'UTC' } = instance;
    if (delivery !== 'digest') return undefined;
    const oldest = waiting.find(({ kind }) => kind === 'run');
    if (oldest === undefined || schedule === undefined) return 0;
    if (due?.seq === oldest.seq) return due.time;
    // A schedule that never comes must not hold anything for ever.
    const time = await digestDue(oldest.time, schedule, timeZone).catch(() => 0);
    due = { seq: oldest.seq, time };
    return time;
  }

  /** After a message the time that comes next would be too soon: something was sent since the one before. */
  async function nextSilence(schedule: string): Promise<Silence | undefined> {
    const word = memory.lastWord(instance.name);
    if (word === undefined) return undefined;
    if (silence?.word === word) return silence;
    const { timeZone = 'UTC' } = instance;
    const next = (time: string) => digestDue(time, schedule, timeZone).catch(() => Number.POSITIVE_INFINITY);
    const first = await next(word.time);
    if (!Number.isFinite(first)) return undefined;
    const since = word.as === 'message' ? new Date(first).toISOString() : word.time;
    silence = { at: word.as === 'message' ? await next(since) : first, since, word };
    return silence;
  }

  return {
    /** Undefined where nobody wants to hear of it. */
    async silence(): Promise<Silence | undefined> {
      return instance.allQuiet === undefined ? undefined : nextSilence(instance.allQuiet);
    },
    async holds(outbox: Pick<Outbox, 'waiting'>): Promise<Holds> {
      const { quiet } = instance;
      const digest = await nextDigest(outbox);
      return {
        now: now().getTime(),
        snoozedUntil: Date.parse(memory.snoozedUntil(instance.name) ?? '') || 0,
        quietUntil: quiet === undefined ? 0 : quietUntil(now(), quiet),
        quietExcept: quiet?.except ?? [],
        digestDue: digest,
      };
    },
  };
}

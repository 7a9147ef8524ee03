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
  readonly quiet?: Quiet | undefined;
}

/** Says what holds an instance's messages at the moment. */
export function createCalendar(instance: Times, memory: Pick<Memory, 'snoozedUntil'>, now: () => Date) {
  let due: { readonly seq: number; readonly time: number } | undefined;

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

  return {
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

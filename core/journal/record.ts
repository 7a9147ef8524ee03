import type { BelfryEvent, ImageVersion, Workload } from '../events.ts';

/** A public event, as it was stated. */
export interface EventRecord {
  readonly kind: 'event';
  readonly event: BelfryEvent;
}

/** A replacement is about to begin; it is closed by the workload's ending event of the same cycle. */
export interface IntentRecord {
  readonly kind: 'intent';
  readonly time: string;
  readonly cycle: string;
  readonly workload: Workload;
  readonly from: ImageVersion;
  readonly to: ImageVersion;
  /** The name of the snapshot file with the original's settings. */
  readonly snapshot: string;
  /** The id of the image that the tag in `to` named before, where it is another tag than the one in `from`. */
  readonly tagBefore?: string;
  /** The names of all that are replaced as one with it, itself among them. */
  readonly group?: readonly string[];
}

/** Whether it was made anew with the image it had, because it hangs on another one. */
export const isFollower = ({ from, to }: Pick<IntentRecord, 'from' | 'to'>): boolean =>
  from.imageId !== null && from.imageId === to.imageId;

/** Where a notifier instance begins to read: it is offered what comes after this `seq`. */
export interface IntakeRecord {
  readonly kind: 'intake';
  readonly time: string;
  readonly instance: string;
  readonly after: number;
}

/** A message has been put together, and is about to be sent: what it is made of does not change any more. */
export interface OutgoingRecord {
  readonly kind: 'outgoing';
  readonly time: string;
  readonly instance: string;
  readonly message: string;
  /** The `seq` of each record it is made of, oldest first. */
  readonly covers: readonly number[];
  /** Given up after this, ISO 8601. */
  readonly until: string;
}

/** An attempt that did not bring a message to its end. */
export interface AttemptRecord {
  readonly kind: 'attempt';
  readonly time: string;
  readonly instance: string;
  readonly message: string;
  /** How many there have been. */
  readonly attempts: number;
  readonly why: string;
  /** Not tried again before, ISO 8601. */
  readonly until: string;
  /** The destination named that time; else it was chosen here, and does not bind the next process. */
  readonly asked?: true;
  /** Since when the destination refuses it for good, as it says; ISO 8601. */
  readonly refusedSince?: string;
}

/** The end of one message: the instance has dealt with all up to `through`, and with what the message is made of. */
export interface DeliveryRecord {
  readonly kind: 'delivery';
  readonly time: string;
  readonly instance: string;
  readonly message: string;
  readonly through: number;
  /** `superseded`: it had nothing to tell that is new, and so was not sent. */
  readonly outcome: 'sent' | 'accepted' | 'given-up' | 'superseded';
  readonly covers?: readonly number[];
  readonly attempts?: number;
  readonly why?: string;
  /** What the instance has been told with it. */
  readonly tells?: readonly Told[];
}

/** One thing that an instance was told about a container. */
export interface Told {
  readonly as: 'available' | 'held' | 'failed' | 'recovered';
  readonly name: string;
  /**
   * Which image, by digest or reference, and for `held` also why not; for `failed` only where it cannot be checked, and
   * for `recovered` only where no more is over than that.
   */
  readonly candidate?: string;
  /** How often it had been told the same before. */
  readonly times?: number;
  /** For `failed`: since when, ISO 8601. */
  readonly since?: string;
}

/** What someone asked for by a `notify` command. */
export type OrderRecord = {
  readonly kind: 'order';
  readonly time: string;
  readonly instance: string;
} & (
  | { readonly order: 'test'; readonly message: string; readonly sample: string }
  /** Tries a message now; one that was given up is made of `covers` again. */
  | { readonly order: 'retry'; readonly message: string; readonly covers: readonly number[]; readonly until: string }
  | { readonly order: 'drop'; readonly message: string }
  /** Holds all messages until then. */
  | { readonly order: 'snooze'; readonly until: string }
);

/** An instance is to be told that all is quiet. */
export interface AllQuietRecord {
  readonly kind: 'all-quiet';
  readonly time: string;
  readonly instance: string;
  readonly message: string;
  /** Since when nothing was sent to it, ISO 8601. */
  readonly since: string;
}

/** What somebody said of an image for a container; it counts for exactly this image, and the last word counts. */
export interface ApprovalRecord {
  readonly kind: 'approval';
  readonly time: string;
  readonly workload: Workload;
  readonly from: ImageVersion;
  readonly to: ImageVersion;
  readonly verdict: 'approved' | 'denied';
}

export type JournalEntry =
  | EventRecord
  | IntentRecord
  | IntakeRecord
  | OutgoingRecord
  | AttemptRecord
  | DeliveryRecord
  | OrderRecord
  | AllQuietRecord
  | ApprovalRecord;

/** An entry as it stands in the log. `seq` grows by one, is never reused, and does not depend on the clock. */
export type JournalRecord = JournalEntry & { readonly seq: number };

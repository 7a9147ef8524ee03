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

/** Where a notifier instance begins to read: it is offered what comes after this `seq`. */
export interface IntakeRecord {
  readonly kind: 'intake';
  readonly time: string;
  readonly instance: string;
  readonly after: number;
}

/** The end of one message: `seq` is the record it was made from, and the instance has dealt with all up to it. */
export interface DeliveryRecord {
  readonly kind: 'delivery';
  readonly time: string;
  readonly instance: string;
  readonly message: string;
  readonly through: number;
  readonly outcome: 'sent' | 'accepted' | 'given-up';
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

export type JournalEntry = EventRecord | IntentRecord | IntakeRecord | DeliveryRecord | ApprovalRecord;

/** An entry as it stands in the log. `seq` grows by one, is never reused, and does not depend on the clock. */
export type JournalRecord = JournalEntry & { readonly seq: number };

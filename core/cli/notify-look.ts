import { openReader, recipients } from '../app.ts';
import type { Instance } from '../delivery/delivery.ts';
import { type OutboxRow, outboxOf } from '../delivery/status.ts';
import { memoryJournal } from '../journal/memory-journal.ts';
import type { JournalReader } from '../journal/port.ts';
import { isEmpty, journalOf, noteOtherJournals } from './journal-of.ts';
import type { Session } from './session.ts';

const now = () => new Date();

/** What `belfry notify` commands look at. */
interface Looked {
  readonly instances: readonly Instance[];
  readonly journal: JournalReader;
  readonly rows: readonly OutboxRow[];
}

/** The notifiers and their outboxes, beside a running Belfry too. */
export async function look(session: Session): Promise<Looked> {
  const { parts } = session;
  const belfry = await openReader(parts);
  try {
    const instances = await recipients(parts, belfry.host);
    const journal = (await journalOf(parts)) ?? memoryJournal();
    if (isEmpty(journal)) await noteOtherJournals(session);
    const rows = await Promise.all(instances.map((instance) => outboxOf(instance, { journal, now })));
    return { instances, journal, rows: rows.flat() };
  } finally {
    await belfry.close();
  }
}

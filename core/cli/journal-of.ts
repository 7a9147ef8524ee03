import { folderOptions, type Parts } from '../app.ts';
import type { JournalReader } from '../journal/port.ts';
import { readJournal } from '../journal/read-journal.ts';
import { findStateFolder, otherScopes } from '../journal/state-folder.ts';
import type { Session } from './session.ts';

/** The journal of the engine and scope in question, only to be read. */
export async function journalOf(parts: Parts): Promise<JournalReader | undefined> {
  const folder = await findStateFolder(await folderOptions(parts));
  return folder === undefined ? undefined : readJournal(folder);
}

export const isEmpty = (reader: JournalReader | undefined) => reader === undefined || reader.last === 0;

/** Says which other scopes have a journal, to whoever has found nothing in this one. */
export async function noteOtherJournals({ parts, terminal }: Pick<Session, 'parts' | 'terminal'>): Promise<void> {
  const scopes = await otherScopes(await folderOptions(parts));
  if (scopes.length === 0) return;
  const { scope } = parts.loaded.settings;
  const here = scope === null ? 'containers without a scope' : `the scope ${scope}`;
  const there = scopes.map((one) => `--scope ${one ?? 'none'}`).join(', ');
  terminal.note(`this is the journal of ${here}; there is another for ${there}`);
}

// Appends to the journal of a folder until it is killed, and says each number once it was acknowledged.
import { writeSync } from 'node:fs';
import { openJournal } from '../../core/journal/journal.ts';
import { fact, say } from './sample.ts';

const journal = await openJournal(process.argv[2] ?? '', { now: () => new Date() });
const appendForever = async () => {
  for (;;) {
    const { seq } = await journal.append(fact(say.found('x'.repeat(Math.floor(Math.random() * 5000)))));
    writeSync(1, `${seq}\n`);
  }
};
await Promise.all([appendForever(), appendForever(), appendForever()]);

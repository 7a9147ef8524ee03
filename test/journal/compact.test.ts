import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Finished, Recreated } from '../../core/events.ts';
import { createFold } from '../../core/journal/fold.ts';
import { openJournal } from '../../core/journal/journal.ts';
import type { JournalEntry, JournalRecord, Told } from '../../core/journal/record.ts';
import { all, approval, fact, intent, say, temporaryFolder, version } from './sample.ts';

const day = 86_400_000;
const start = Date.parse('2026-01-01T00:00:00Z');
const at = (days: number) => new Date(start + days * day).toISOString();

const write = (folder: string, entries: readonly JournalEntry[]) => {
  const lines = entries.map((entry, index) => `${JSON.stringify({ seq: index + 1, ...entry })}\n`);
  writeFileSync(join(folder, 'journal.jsonl'), lines.join(''));
};
const compacted = (folder: string, days: number, instances?: readonly string[]) =>
  openJournal(folder, { now: () => new Date(at(days)), compactAbove: 0, ...(instances && { instances }) });

function folded(records: readonly JournalRecord[]) {
  const fold = createFold();
  for (const record of records) fold.apply(record);
  return fold;
}

const step = fc.record({
  what: fc.constantFrom(
    'found',
    'found',
    'recreated',
    'rolledBack',
    'unchecked',
    'unchecked',
    'upToDate',
    'skipped',
    'started',
    'finished',
    'intent',
    'sent',
    'given-up',
    'retry',
    'drop',
    'snooze',
    'all-quiet',
    'intake',
    'approved',
    'denied',
  ),
  cycle: fc.constantFrom('c1', 'c2', 'c3'),
  name: fc.constantFrom('web', 'api', 'db'),
  digest: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
  old: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', null),
});

function entryOf(
  { what, cycle, name, digest, old }: typeof step extends fc.Arbitrary<infer S> ? S : never,
  index: number,
) {
  const of = { cycle, name, time: at(index) };
  if (what === 'intent') return intent(`snapshot-${index}`, of);
  if (what === 'approved' || what === 'denied') return approval(digest, what, of);
  const time = at(index);
  const message = `m${digest}`;
  if (what === 'sent' || what === 'given-up') {
    const as = (['available', 'held', 'failed', 'recovered'] as const)[index % 4] ?? 'failed';
    const candidate = old === null ? {} : { candidate: digest };
    const tells: Told[] = what === 'sent' ? [{ as, name: cycle, ...candidate, times: index }] : [];
    const about = { time, instance: name, message, through: index, covers: [Math.max(1, index - 5)] };
    return { kind: 'delivery', ...about, outcome: what, tells } as const;
  }
  if (what === 'retry') {
    return { kind: 'order', order: what, time, instance: name, message, covers: [index], until: time } as const;
  }
  if (what === 'drop') return { kind: 'order', order: what, time, instance: name, message } as const;
  if (what === 'intake') return { kind: what, time, instance: name, after: Math.max(0, index - 5) } as const;
  if (what === 'all-quiet') return { kind: what, time, instance: name, message, since: time } as const;
  if (what === 'snooze') return { kind: 'order', order: what, time, instance: name, until: at(index + 1) } as const;
  if (what === 'recreated') {
    const event = say.recreated(digest, of) as Recreated;
    const [from, to] = [
      { ...event.from, imageId: old },
      { ...event.to, imageId: digest },
    ];
    return fact({ ...event, from, to });
  }
  if (what === 'found' || what === 'rolledBack') return fact(say[what](digest, of));
  if (what === 'unchecked') return fact(say.unchecked('REGISTRY_TIMEOUT', of));
  if (what === 'finished') {
    const finished = say.finished(of) as Finished;
    return fact({ ...finished, counts: { ...finished.counts, checked: old === null ? 0 : 3 } });
  }
  return fact(say[what as 'upToDate' | 'skipped' | 'started'](of));
}

describe('compaction', () => {
  test('what is remembered is the same before and after', async (t) => {
    const folder = temporaryFolder(t);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 100, maxLength: 250 }), async (steps) => {
        const entries = steps.map(entryOf);
        write(folder, entries);
        const before = folded(entries.map((entry, index) => ({ ...entry, seq: index + 1 })));
        const journal = await compacted(folder, steps.length);
        const after = folded(await all(journal.read(0)));
        await journal.close();
        assert.deepEqual([...after.needs()].sort(), [...before.needs()].sort());
        const byName = (memory: typeof before.memory) =>
          [...memory.givenUp()].sort((a, b) => (a.instance + a.message < b.instance + b.message ? -1 : 1));
        assert.deepEqual(byName(after.memory), byName(before.memory));
        assert.deepEqual(after.memory.leftBehind(), before.memory.leftBehind());
        assert.deepEqual(after.memory.openIntents(), before.memory.openIntents());
        assert.deepEqual(after.memory.downIntents(), before.memory.downIntents());
        assert.deepEqual(after.memory.openCycles(), before.memory.openCycles());
        for (const name of ['web', 'api', 'db']) {
          const reference = `${name}:latest`;
          assert.equal(after.memory.rejected(name, reference), before.memory.rejected(name, reference));
          assert.equal(after.memory.position(name), before.memory.position(name));
          const workload = { name, image: reference };
          assert.equal(after.memory.uncheckedSince(workload), before.memory.uncheckedSince(workload));
          assert.equal(after.memory.snoozedUntil(name), before.memory.snoozedUntil(name));
          assert.deepEqual(after.memory.lastWord(name), before.memory.lastWord(name));
          for (const kind of ['failed', 'unchecked'] as const) {
            assert.deepEqual(after.memory.troubles(name, kind), before.memory.troubles(name, kind));
          }
          for (const cycle of ['c1', 'c2', 'c3']) {
            const told = (memory: typeof before.memory) =>
              (['available', 'held'] as const).map((as) => memory.lastTold(name, as, cycle));
            assert.deepEqual(told(after.memory), told(before.memory));
          }
          for (const digest of 'abcdefg') {
            assert.equal(after.memory.firstSeen(reference, digest), before.memory.firstSeen(reference, digest));
            const image = version(reference, digest);
            assert.deepEqual(after.memory.approval(name, image), before.memory.approval(name, image));
          }
        }
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  test('keeps 90 days and the numbers, and drops what is older', async (t) => {
    const folder = temporaryFolder(t);
    write(
      folder,
      Array.from({ length: 200 }, (_, index) => fact(say.upToDate({ time: at(index) }))),
    );
    const journal = await compacted(folder, 200);
    const kept = (await all(journal.read(0))).map(({ seq }) => seq);
    assert.deepEqual(
      kept,
      Array.from({ length: 90 }, (_, index) => index + 111),
    );
    assert.equal((await journal.append(fact(say.started()))).seq, 201);
    await journal.close();
    assert.equal(statSync(join(folder, 'journal.jsonl')).mode & 0o777, 0o600);
  });

  test('never forgets the last number, however old the log is', async (t) => {
    const folder = temporaryFolder(t);
    write(
      folder,
      Array.from({ length: 50 }, (_, index) => fact(say.upToDate({ time: at(index) }))),
    );
    const journal = await compacted(folder, 1000);
    assert.equal((await journal.append(fact(say.started()))).seq, 51);
    await journal.close();
  });

  test('gives out no number of a line that cannot be read any more', async (t) => {
    const folder = temporaryFolder(t);
    write(
      folder,
      Array.from({ length: 50 }, (_, index) => fact(say.upToDate({ time: at(index) }))),
    );
    const path = join(folder, 'journal.jsonl');
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"seq":51,"ki#d"\n`);
    const journal = await compacted(folder, 1000);
    assert.equal((await journal.append(fact(say.started()))).seq, 52);
    await journal.close();
  });

  test('keeps the last update of each container with its snapshot, so that it can be rolled back', async (t) => {
    const folder = temporaryFolder(t);
    const updates = Array.from({ length: 20 }, (_, index) => {
      const of = { cycle: `c${index}`, time: at(index) };
      return [intent(`snapshot-${index}`, of), fact(say.recreated(`d${index}`, of))];
    }).flat();
    write(folder, [...updates, fact(say.started({ time: at(500) }))]);
    const journal = await compacted(folder, 500);
    assert.deepEqual(
      (await all(journal.read(0))).map(({ seq }) => seq),
      [39, 40, 41],
    );
    await journal.close();
  });

  test('keeps what a configured instance has not dealt with, and forgets instances long gone', async (t) => {
    const folder = temporaryFolder(t);
    const begin = (instance: string): JournalEntry => ({ kind: 'intake', time: at(0), instance, after: 100 });
    const old = Array.from({ length: 200 }, (_, index) => fact(say.upToDate({ time: at(index) })));
    write(folder, [begin('ops'), begin('gone'), ...old]);
    const journal = await compacted(folder, 400, ['ops']);
    const kept = (await all(journal.read(1))).map(({ seq }) => seq);
    assert.equal(kept[0], 101);
    assert.equal(journal.memory.position('ops'), 100);
    assert.equal(journal.memory.position('gone'), undefined);
    await journal.close();
  });

  test('is left alone where it would gain little', async (t) => {
    const folder = temporaryFolder(t);
    write(
      folder,
      Array.from({ length: 100 }, (_, index) => fact(say.upToDate({ time: at(index) }))),
    );
    const before = statSync(join(folder, 'journal.jsonl')).ino;
    await (await compacted(folder, 100)).close();
    assert.equal(statSync(join(folder, 'journal.jsonl')).ino, before);
  });
});

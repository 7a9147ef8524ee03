import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openJournal } from '../../core/journal/journal.ts';
import { memoryJournal } from '../../core/journal/memory-journal.ts';
import { readJournal } from '../../core/journal/read-journal.ts';
import { all, fact, intent, say, temporaryFolder } from './sample.ts';

const now = () => new Date('2026-08-22T12:00:00Z');
const mode = (path: string) => statSync(path).mode & 0o777;
const snapshot = { name: 'web', imageId: 'sha256:1', spec: { config: { Image: 'web' }, hostConfig: {}, networks: [] } };

describe('a journal', () => {
  test('numbers its records, keeps them over a restart and goes on where it stopped', async (t) => {
    const folder = temporaryFolder(t);
    const first = await openJournal(folder, { now });
    await first.append(fact(say.started()));
    await first.append(fact(say.found('new')));
    await first.close();
    const second = await openJournal(folder, { now });
    assert.equal(second.last, 2);
    assert.equal((await second.append(fact(say.recreated('new')))).seq, 3);
    const records = await all(second.read(1));
    assert.deepEqual(
      records.map((record) => [record.seq, record.kind === 'event' && record.event.type]),
      [
        [2, 'found'],
        [3, 'recreated'],
      ],
    );
    assert.equal(second.memory.firstSeen('web:latest', 'new'), '2026-08-22T12:00:00.000Z');
    await second.close();
  });

  test('appends of many at once stand in the order in which they were asked for', async (t) => {
    const journal = await openJournal(temporaryFolder(t), { now });
    const heard: number[] = [];
    journal.onAppend(({ seq }) => heard.push(seq));
    const records = await Promise.all(Array.from({ length: 500 }, () => journal.append(fact(say.upToDate()))));
    const expected = Array.from({ length: 500 }, (_, at) => at + 1);
    assert.deepEqual(
      records.map(({ seq }) => seq),
      expected,
    );
    assert.deepEqual(heard, expected);
    assert.deepEqual(
      (await all(journal.read(0))).map(({ seq }) => seq),
      expected,
    );
    await journal.close();
  });

  test('reads from any place of a long log', async (t) => {
    const journal = await openJournal(temporaryFolder(t), { now });
    await Promise.all(Array.from({ length: 2000 }, () => journal.append(fact(say.found('x'.repeat(100))))));
    for (const after of [0, 1, 733, 1998, 2000]) {
      const records = await all(journal.read(after));
      assert.equal(records.length, 2000 - after);
      assert.equal(records[0]?.seq ?? 2001, after + 1);
    }
    await journal.close();
  });

  test('gives a line that a crash cut off its end, counts it, and gives its number to no other', async (t) => {
    const folder = temporaryFolder(t);
    const journal = await openJournal(folder, { now });
    await journal.append(fact(say.started()));
    await journal.close();
    appendFileSync(join(folder, 'journal.jsonl'), '{"seq":2,"kind":"event","ev');
    const reopened = await openJournal(folder, { now });
    assert.equal(reopened.unreadable, 1);
    assert.equal((await reopened.append(fact(say.upToDate()))).seq, 3);
    await reopened.close();
    assert.equal(readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('\n').length, 4);
    const reader = await readJournal(folder);
    assert.deepEqual(
      (await all(reader.read(0))).map(({ seq }) => seq),
      [1, 3],
    );
  });

  test('passes over garbage and counts it', async (t) => {
    const folder = temporaryFolder(t);
    const line = JSON.stringify({ seq: 7, ...fact(say.started()) });
    const garbage = ['', 'null', '[]', '\u0000\u0000', '{"seq":"1","kind":"event"}', '{"seq":3,"kind":"event"}'];
    writeFileSync(join(folder, 'journal.jsonl'), `${[...garbage, '{"seq":5,"kind":"toString"}', line].join('\n')}\n`);
    const journal = await openJournal(folder, { now });
    assert.equal(journal.unreadable, 7);
    assert.equal(journal.memory.openCycles().length, 1);
    assert.ok(journal.last >= 7);
    await journal.close();
  });

  test('is readable for its owner alone, and so are the snapshots', async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'journal.jsonl'), '', { mode: 0o644 });
    const journal = await openJournal(folder, { now });
    const name = await journal.saveSnapshot(snapshot);
    assert.equal(mode(join(folder, 'journal.jsonl')), 0o600);
    assert.equal(mode(join(folder, 'snapshots')), 0o700);
    assert.equal(mode(join(folder, 'snapshots', `${name}.json`)), 0o600);
    await journal.close();
  });

  test('FM2: a snapshot outlives the process as long as an intent refers to it', async (t) => {
    const folder = temporaryFolder(t);
    const journal = await openJournal(folder, { now });
    const name = await journal.saveSnapshot(snapshot);
    await journal.append(intent(name));
    await journal.saveSnapshot(snapshot);
    await journal.close();
    const reopened = await openJournal(folder, { now });
    assert.deepEqual(await reopened.loadSnapshot(name), snapshot);
    assert.deepEqual(readdirSync(join(folder, 'snapshots')), [`${name}.json`]);
    assert.equal(reopened.memory.openIntents()[0]?.snapshot, name);
    await reopened.close();
  });

  test('a snapshot’s name cannot lead out of the folder', async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'secret.json'), '{}');
    const reader = await readJournal(folder);
    assert.equal(await reader.loadSnapshot('../secret'), undefined);
  });

  test('a reader creates nothing, and sees what a writer adds', async (t) => {
    const folder = temporaryFolder(t);
    const reader = await readJournal(folder);
    assert.deepEqual(await all(reader.read(0)), []);
    assert.deepEqual(readdirSync(folder), []);
    const journal = await openJournal(folder, { now });
    await journal.append(fact(say.started()));
    assert.equal((await all(reader.read(0))).length, 1);
    await journal.close();
  });

  test('refuses appends once it is closed', async (t) => {
    const journal = await openJournal(temporaryFolder(t), { now });
    await journal.close();
    await assert.rejects(journal.append(fact(say.started())), { code: 'JOURNAL_FAILED' });
  });

  test('that cannot be opened says so', async (t) => {
    const folder = temporaryFolder(t);
    await assert.rejects(openJournal(join(folder, 'missing'), { now }), { code: 'JOURNAL_FAILED' });
  });
});

describe('a journal in memory', () => {
  test('answers like the one on disk', async () => {
    const journal = memoryJournal();
    assert.equal(journal.durable, false);
    await journal.append(fact(say.started()));
    await journal.append(fact(say.found('new')));
    assert.deepEqual(
      (await all(journal.read(1))).map(({ seq }) => seq),
      [2],
    );
    assert.equal(journal.memory.firstSeen('web:latest', 'new'), '2026-08-22T12:00:00.000Z');
    const name = await journal.saveSnapshot(snapshot);
    assert.deepEqual(await journal.loadSnapshot(name), snapshot);
  });

  test('keeps the young records when it has become long', async () => {
    const journal = memoryJournal();
    for (let count = 0; count < 25_000; count += 1) await journal.append(fact(say.upToDate()));
    const records = await all(journal.read(0));
    assert.ok(records.length >= 10_000 && records.length <= 20_000);
    assert.equal(records.at(-1)?.seq, 25_000);
    assert.deepEqual(
      (await all(journal.read(24_998))).map(({ seq }) => seq),
      [24_999, 25_000],
    );
  });
});

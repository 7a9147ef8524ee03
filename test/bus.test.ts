import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createBus, randomId } from '../core/bus.ts';
import type { BelfryEvent, Fact } from '../core/events.ts';
import { memoryJournal } from '../core/journal/memory-journal.ts';
import { createLog, silentLog } from '../core/log.ts';
import { sampleWorkload } from './kit/samples.ts';

const fact: Fact = {
  type: 'skipped',
  cycle: 'cyc_1',
  workload: sampleWorkload(),
  to: null,
  by: 'core',
  code: 'PINNED',
  reason: 'the password is hunter2',
  ending: true,
};

describe('the bus', () => {
  test('gives each fact its id, time and host, and freezes it in depth', async () => {
    const now = () => new Date(0);
    const bus = createBus({ journal: memoryJournal(), host: 'nas', log: silentLog, now, newId: (kind) => `${kind}_1` });
    const event = await bus.emit(fact);
    assert.deepEqual(event, { ...fact, id: 'evt_1', time: '1970-01-01T00:00:00.000Z', host: 'nas' });
    assert.throws(() => Object.assign(event, { reason: '' }), TypeError);
    assert.throws(() => Object.assign(event.workload ?? {}, { name: '' }), TypeError);
  });

  test('masks secrets wherever they stand in a fact', async () => {
    const redact = (text: string) => text.replaceAll('hunter2', '•••');
    const bus = createBus({ journal: memoryJournal(), host: 'nas', log: silentLog, redact });
    assert.equal(JSON.stringify(await bus.emit(fact)).includes('hunter2'), false);
  });

  test('writes to the journal first, then tells everyone', async () => {
    const journal = memoryJournal();
    const bus = createBus({ journal, host: 'nas', log: silentLog });
    let written = 0;
    bus.on(() => {
      written = journal.last;
    });
    await bus.emit(fact);
    assert.equal(written, 1);
  });

  test('still tells everyone, and the log, when the journal cannot take it', async () => {
    const lines: string[] = [];
    const journal = { ...memoryJournal(), append: () => Promise.reject(new Error('disk full')) };
    const bus = createBus({
      journal,
      host: 'nas',
      log: createLog({ level: 'error', write: (line) => lines.push(line) }),
    });
    const heard: BelfryEvent[] = [];
    bus.on((event) => heard.push(event));
    await bus.emit(fact);
    assert.equal(heard.length, 1);
    assert.match(lines.join(), /the journal could not take skipped: disk full/);
  });

  test('tells nobody who has stopped listening', async () => {
    const bus = createBus({ journal: memoryJournal(), host: 'nas', log: silentLog });
    const heard: BelfryEvent[] = [];
    const stop = bus.on((event) => heard.push(event));
    stop();
    await bus.emit(fact);
    assert.deepEqual(heard, []);
  });

  test('makes ids of one length that never repeat', () => {
    const ids = new Set(Array.from({ length: 1000 }, () => randomId('evt')));
    assert.equal(ids.size, 1000);
    for (const id of ids) assert.match(id, /^evt_[0-9a-z]{20}$/);
  });
});

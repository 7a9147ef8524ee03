import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reportItem } from '../../core/cycle/report.ts';
import type { BelfryEvent, Failed, Finished, Recreated, Workload } from '../../core/events.ts';
import { createFold } from '../../core/journal/fold.ts';
import type { JournalEntry, Told } from '../../core/journal/record.ts';
import { countsOf } from '../../core/report-item.ts';
import { approval, fact, intent, say, version } from './sample.ts';

function memoryOf(...entries: readonly (BelfryEvent | JournalEntry)[]) {
  const fold = createFold();
  entries.forEach((entry, at) => {
    fold.apply({ ...('kind' in entry ? entry : fact(entry)), seq: at + 1 });
  });
  return fold.memory;
}

describe('rejected digests', () => {
  const rejected = (...events: readonly BelfryEvent[]) => memoryOf(...events).rejected('web', 'web:latest');

  test('FM9: a digest that was rolled back is remembered for its container and reference only', () => {
    const memory = memoryOf(say.rolledBack('bad'));
    assert.equal(memory.rejected('web', 'web:latest'), 'bad');
    assert.equal(memory.rejected('api', 'web:latest'), undefined);
    assert.equal(memory.rejected('web', 'web:1'), undefined);
  });

  test('an update that left the container down rejects too, one that changed nothing does not', () => {
    assert.equal(rejected({ ...say.rolledBack('bad'), outcome: 'down' } as BelfryEvent), 'bad');
    assert.equal(rejected({ ...say.rolledBack('bad'), outcome: 'unchanged' } as BelfryEvent), undefined);
  });

  for (const [why, code] of [
    ['Belfry had to stop', 'STOPPED_BY_SIGNAL'],
    ['the engine went away', 'ENGINE_UNREACHABLE'],
  ]) {
    test(`an update that was undone because ${why} deserves another try`, () => {
      const problem = { code, message: '', hint: '' };
      assert.equal(rejected({ ...say.rolledBack('good'), problem } as BelfryEvent), undefined);
    });
  }

  test('a later update that succeeds clears it', () => {
    assert.equal(rejected(say.rolledBack('bad'), say.recreated('better')), undefined);
    assert.equal(rejected(say.rolledBack('bad'), say.recreated('better', { name: 'api' })), 'bad');
  });

  test('a rollback rejects the digest it leaves behind', () => {
    const back = { ...say.recreated('older'), rollback: true } as BelfryEvent;
    assert.equal(rejected(back), 'old');
    const byHand = (...events: readonly BelfryEvent[]) => memoryOf(...events).leftByHand('web', 'web:latest');
    assert.deepEqual(
      [byHand(back), byHand(say.rolledBack('bad')), byHand(back, say.rolledBack('bad'))],
      [true, false, false],
    );
  });
});

describe('the last word to an instance', () => {
  const lastWord = (...entries: readonly JournalEntry[]) => memoryOf(...entries).lastWord('ops');
  const own = (time: string) => ({ instance: 'ops', time });
  const told = (time: string, message: string, outcome: 'sent' | 'superseded' = 'sent') =>
    ({ kind: 'delivery', ...own(time), message, through: 1, outcome }) as const;
  const intake = { kind: 'intake', ...own('1'), after: 0 } as const;
  const quiet = { kind: 'all-quiet', ...own('3'), message: 'q', since: '1' } as const;
  const brief = (...entries: readonly JournalEntry[]) => {
    const { as, time } = lastWord(...entries) ?? {};
    return `${as} ${time}`;
  };

  test('is what was sent last, else since when it has been there', () => {
    assert.equal(lastWord(), undefined);
    assert.equal(brief(intake, { ...intake, time: '2' }), 'intake 1');
    assert.equal(brief(intake, told('2', 'm', 'superseded')), 'intake 1');
    assert.equal(brief(intake, told('2', 'm')), 'message 2');
    assert.equal(brief(intake, told('2', 'm'), { ...intake, time: '3' }), 'message 2');
  });

  test('that all is quiet is none that breaks the quiet', () => {
    assert.equal(brief(told('2', 'm'), quiet, told('4', 'q')), 'all-quiet 3');
    assert.equal(brief(quiet, told('4', 'q'), told('5', 'm')), 'message 5');
  });
});

describe('what an instance knows to be wrong', () => {
  const told = (...tells: readonly Told[]) =>
    tells.map((tell, at) => {
      const about = { time: String(at), instance: 'ops', message: `m${at}`, through: at, covers: [at] };
      return { kind: 'delivery', ...about, outcome: 'sent', tells: [tell] } as const;
    });
  const known = (...tells: readonly Told[]) => {
    const memory = memoryOf(...told(...tells));
    return (['failed', 'unchecked'] as const).filter((kind) => memory.troubles('ops', kind).has('web'));
  };
  const failed: Told = { as: 'failed', name: 'web' };
  const unchecked: Told = { ...failed, candidate: 'check' };
  const recovered: Told = { as: 'recovered', name: 'web' };
  const checkedAgain: Told = { ...recovered, candidate: 'check' };

  test('is one thing where it failed, and another where it cannot be checked', () => {
    assert.deepEqual(known(failed, unchecked), ['failed', 'unchecked']);
    assert.deepEqual(known(failed, unchecked, checkedAgain), ['failed']);
    assert.deepEqual(known(failed, unchecked, recovered), []);
    assert.deepEqual(known(unchecked, failed), ['failed']);
    assert.deepEqual(known(unchecked, failed, checkedAgain), ['failed']);
  });
});

describe('what cannot be checked', () => {
  const since = (...events: readonly BelfryEvent[]) =>
    memoryOf(...events).uncheckedSince({ name: 'web', image: 'web:latest' });
  const at = (hour: number) => ({ time: `2026-08-22T${hour}:00:00.000Z` });

  test('is known since its first failed check, until one comes to an answer', () => {
    const failing = [say.unchecked('REGISTRY_TIMEOUT', at(10)), say.unchecked('REGISTRY_FAILED', at(11))];
    assert.equal(since(...failing), '2026-08-22T10:00:00.000Z');
    assert.equal(since(...failing, say.rolledBack('bad', at(12)), say.finished(at(12))), '2026-08-22T10:00:00.000Z');
    assert.equal(since(...failing, say.upToDate(at(12))), undefined);
    assert.equal(since(...failing, say.skipped(at(12))), undefined);
    assert.equal(
      since(...failing, say.upToDate(at(12)), say.unchecked('REGISTRY_TIMEOUT', at(13))),
      '2026-08-22T13:00:00.000Z',
    );
  });

  test('is forgotten of a container that two cycles in a row have not met', () => {
    const away = say.unchecked('REGISTRY_TIMEOUT', at(10));
    const cycle = (hour: number, own: Partial<Finished> = {}, ...of: readonly BelfryEvent[]) => {
      const finished = say.finished(at(hour)) as Finished;
      const items = of.flatMap((event) => reportItem(event) ?? []);
      return [...of, { ...finished, counts: countsOf(items, 3), items, ...own }];
    };
    const failing = (hour: number) => cycle(hour, {}, say.unchecked('REGISTRY_TIMEOUT', at(hour)));
    const first = '2026-08-22T10:00:00.000Z';
    assert.equal(since(away, ...cycle(11)), first);
    assert.equal(since(away, ...cycle(11), ...cycle(12)), undefined);
    assert.equal(since(away, ...cycle(11), ...failing(12), ...cycle(13), ...failing(14)), first);
    // Neither is about all containers.
    const manual = { trigger: 'manual' } as const;
    const broken = { counts: countsOf([], 0) };
    assert.equal(since(away, ...cycle(11, manual), ...cycle(12, manual), ...cycle(13, broken), ...cycle(14)), first);
  });

  test('begins anew with another image, and says nothing of other failures', () => {
    const other = say.unchecked('REGISTRY_TIMEOUT', at(10));
    const moved = { ...other, workload: { ...other.workload, image: 'web:2' } } as BelfryEvent;
    assert.equal(since(moved, say.unchecked('REGISTRY_TIMEOUT', at(11))), '2026-08-22T11:00:00.000Z');
    assert.equal(since(say.rolledBack('bad')), undefined);
  });
});

describe('first sightings', () => {
  test('FM72: the first time counts, however often a candidate is found again', () => {
    const later = '2026-08-25T12:00:00.000Z';
    const memory = memoryOf(say.found('new'), say.recreated('other'), say.found('new', { time: later }));
    assert.equal(memory.firstSeen('web:latest', 'new'), '2026-08-22T12:00:00.000Z');
    assert.equal(memory.firstSeen('web:latest', 'unknown'), undefined);
  });

  test('FM82: it is the journal’s own, also where the clock was set back or the image claims another date', () => {
    const earlier = '2020-01-01T00:00:00.000Z';
    const memory = memoryOf(say.found('new'), say.found('new', { time: earlier }));
    assert.equal(memory.firstSeen('web:latest', 'new'), '2026-08-22T12:00:00.000Z');
  });

  test('of a tag that moves all the time only the youngest candidates are kept', () => {
    const memory = memoryOf(...['a', 'b', 'c', 'd', 'e'].map((digest) => say.found(digest)));
    assert.equal(memory.firstSeen('web:latest', 'a'), undefined);
    assert.notEqual(memory.firstSeen('web:latest', 'b'), undefined);
  });
});

describe('images that updates left behind', () => {
  const update = (from: string | null, to: string | null, { name = 'web', time = '2026-08-22T12:00:00.000Z' } = {}) => {
    const event = say.recreated('new', { name, time }) as Recreated;
    return { ...event, from: { ...event.from, imageId: from }, to: { ...event.to, imageId: to } };
  };
  const left = (...events: readonly BelfryEvent[]) =>
    memoryOf(...events)
      .leftBehind()
      .map(({ imageId, workload, replacedAt, previousSince }) => ({
        image: `${imageId} of ${workload.name}`,
        day: replacedAt.slice(8, 10),
        since: previousSince?.slice(8, 10) ?? null,
      }));
  const day = (day: number) => ({ time: `2026-08-${day}T12:00:00.000Z` });

  test('are known with the container that had them, and those that a rollback would go back to', () => {
    assert.deepEqual(left(update('a', 'b', day(10)), update('b', 'c', day(12))), [
      { image: 'a of web', day: '10', since: null },
      { image: 'b of web', day: '12', since: '12' },
    ]);
    const [first] = memoryOf(update('a', 'b')).leftBehind();
    assert.deepEqual([first?.reference, first?.digest], ['web:latest', 'old']);
  });

  test('count from when the last of several containers left them', () => {
    const events = [update('a', 'b', day(10)), update('a', 'b', { name: 'api', ...day(14) })];
    assert.deepEqual(left(...events), [{ image: 'a of api', day: '14', since: '14' }]);
  });

  test('are none once an update has taken them up again', () => {
    assert.deepEqual(left(update('a', 'b', day(10)), update('b', 'a', day(11))), [
      { image: 'b of web', day: '11', since: '11' },
    ]);
  });

  test('are none where the image stayed, is not known, or the update was rolled back', () => {
    assert.deepEqual(left(update('a', 'a'), update(null, 'b'), say.rolledBack('c')), []);
  });
});

describe('open intents and cycles', () => {
  test('an intent is closed by its workload’s ending in the same cycle', () => {
    assert.equal(memoryOf(intent('s')).openIntents().length, 1);
    assert.equal(memoryOf(intent('s'), say.recreated('new')).openIntents().length, 0);
    assert.equal(memoryOf(intent('s'), say.rolledBack('new')).openIntents().length, 0);
    assert.equal(memoryOf(intent('s'), say.recreated('new', { name: 'api' })).openIntents().length, 1);
    assert.equal(memoryOf(intent('s'), say.recreated('new', { cycle: 'd' })).openIntents().length, 1);
  });

  test('an update that left its workload down is known until that is up again', () => {
    const down = { ...say.rolledBack('new'), outcome: 'down' } as BelfryEvent;
    const { cycle, workload } = down as Failed & { readonly workload: Workload };
    const recovered = { ...say.started(), type: 'recovered', cycle, workload, found: 'old', outcome: 'rolled-back' };
    assert.equal(memoryOf(intent('s'), down).downIntents().length, 1);
    assert.equal(memoryOf(intent('s'), say.rolledBack('new')).downIntents().length, 0);
    assert.equal(memoryOf(intent('s'), down, recovered as BelfryEvent).downIntents().length, 0);
    assert.equal(memoryOf(intent('s'), down, say.recreated('newer', { cycle: 'd' })).downIntents().length, 0);
  });

  test('a cycle that did not finish is known with its lines so far', () => {
    const of = (name: string) => ({ name });
    const events = [
      say.started(),
      say.upToDate(of('a')),
      say.found('new', of('b')),
      say.skipped(of('b')),
      say.skipped(of('c')),
      say.recreated('new', of('d')),
    ];
    const [open] = memoryOf(...events).openCycles();
    assert.equal(open?.upToDate, 1);
    assert.deepEqual(
      open?.items.map(({ workload, state }) => [workload.name, state]),
      [
        ['b', 'available'],
        ['c', 'skipped'],
        ['d', 'recreated'],
      ],
    );
    assert.deepEqual(memoryOf(...events, say.finished()).openCycles(), []);
  });
});

describe('approvals', () => {
  const image = (digest: string | null, reference = 'web:latest') => ({ ...version(reference, ''), digest });
  const verdictOn = (digest: string, ...entries: readonly JournalEntry[]) =>
    memoryOf(...entries).approval('web', image(digest))?.verdict;

  test('count for exactly the image, container and reference that they were given for', () => {
    const memory = memoryOf(approval('new', 'approved'));
    assert.deepEqual(memory.approval('web', image('new')), { verdict: 'approved', time: '2026-08-22T12:00:00.000Z' });
    assert.equal(memory.approval('web', image('newer')), undefined);
    assert.equal(memory.approval('api', image('new')), undefined);
    assert.equal(memory.approval('web', image('new', 'web:1')), undefined);
    assert.equal(memory.approval('web', image(null)), undefined);
  });

  test('are taken back by the next word', () => {
    assert.equal(verdictOn('new', approval('new', 'approved'), approval('new', 'denied')), 'denied');
    assert.equal(verdictOn('new', approval('new', 'denied'), approval('new', 'approved')), 'approved');
  });

  test('of an image that was never in a registry go by its id', () => {
    const own = approval('new', 'approved');
    const to = { ...own.to, digest: null, imageId: 'sha256:1' };
    assert.equal(memoryOf({ ...own, to }).approval('web', to)?.verdict, 'approved');
    assert.equal(memoryOf({ ...own, to }).approval('web', { ...to, imageId: null }), undefined);
  });

  test('stay when another image comes and goes, and are forgotten with the last few', () => {
    const later = ['b', 'c', 'd'].map((digest) => approval(digest, 'approved'));
    assert.equal(verdictOn('a', approval('a', 'denied'), ...later), 'denied');
    assert.equal(verdictOn('a', approval('a', 'denied'), ...later, approval('e', 'approved')), undefined);
  });
});

test('an instance’s position is where it began, then what it has delivered', () => {
  const time = '2026-08-22T12:00:00.000Z';
  const begun: JournalEntry = { kind: 'intake', time, instance: 'ops', after: 4 };
  const sent: JournalEntry = { kind: 'delivery', time, instance: 'ops', message: 'm', through: 9, outcome: 'sent' };
  assert.equal(memoryOf().position('ops'), undefined);
  assert.equal(memoryOf(begun).position('ops'), 4);
  assert.equal(memoryOf(begun, sent).position('ops'), 9);
});

test('memory stays bounded whatever names come and go', () => {
  const fold = createFold();
  for (let at = 1; at <= 6000; at += 1) fold.apply({ ...fact(say.rolledBack('bad', { name: `web-${at}` })), seq: at });
  assert.equal(fold.needs().size, 5000);
  assert.equal(fold.memory.rejected('web-6000', 'web-6000:latest'), 'bad');
  assert.equal(fold.memory.rejected('web-1', 'web-1:latest'), undefined);
});

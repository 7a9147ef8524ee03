import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reportItem } from '../../core/cycle/report.ts';
import { offerOf, type Selection } from '../../core/delivery/offer.ts';
import type { BelfryEvent, EventType, Finished, Found } from '../../core/events.ts';
import { fact, intent, say } from '../journal/sample.ts';

const offer = (event: BelfryEvent, { delivery, events }: Omit<Selection, 'name'>) =>
  offerOf({ ...fact(event), seq: 1 }, { name: 'ops', delivery, events });

function report(...events: readonly BelfryEvent[]): Finished {
  const items = events.flatMap((event) => reportItem(event) ?? []);
  return { ...say.finished(), items } as Finished;
}

const heldBack = { ...say.skipped(), to: (say.found('new') as Found).to } as BelfryEvent;

const notice = (phase: 'recover' | 'delivery', code: string): BelfryEvent => {
  const { ending: _, ...rest } = say.rolledBack('bad') as BelfryEvent & { ending: true };
  return { ...rest, phase, problem: { code, message: '', hint: '' } } as BelfryEvent;
};

describe('a notifier that reports each run', () => {
  const run = { delivery: 'run' } as const;

  test('is given the report of a cycle that has something to tell', () => {
    const told = report(say.recreated('new'));
    const message = offer(told, run)?.message;
    assert.deepEqual([message?.kind, message?.event, message?.report.counts.recreated], ['run', told, 1]);
    assert.equal(offer(report(), run), undefined);
  });

  test('is given no report of workloads that are always skipped, unless it asks for it', () => {
    const usual = report({ ...say.skipped(), to: null } as BelfryEvent);
    assert.equal(usual.items.length, 1);
    assert.equal(offer(usual, run), undefined);
    assert.notEqual(offer(usual, { delivery: 'run', events: ['skipped'] }), undefined);
  });

  test('is given no single event but a failure that stands in no report', () => {
    assert.equal(offer(say.recreated('new'), run), undefined);
    assert.equal(offer(say.rolledBack('bad'), run), undefined);
    assert.equal(offer(notice('recover', 'RECOVERY_AMBIGUOUS'), run)?.message.kind, 'event');
  });

  test('that wants some events only is given the reports that tell of them', () => {
    const failures: Omit<Selection, 'name'> = { delivery: 'run', events: ['failed'] };
    assert.equal(offer(report(say.recreated('new')), failures), undefined);
    assert.notEqual(offer(report(say.recreated('new'), say.rolledBack('bad')), failures), undefined);
  });
});

describe('a notifier of single events', () => {
  test('is given what people want to hear of at once, unless it says otherwise', () => {
    const types = (events?: readonly EventType[]) =>
      [say.started(), say.upToDate(), say.found('new'), heldBack, say.recreated('new'), say.rolledBack('bad')]
        .filter((event) => offer(event, { delivery: 'immediate', events }) !== undefined)
        .map(({ type }) => type);
    assert.deepEqual(types(), ['found', 'skipped', 'recreated', 'failed']);
    assert.deepEqual(types(['started', 'checked']), ['started', 'checked']);
  });

  test('is not told in every cycle of what is always skipped', () => {
    const usual = { ...say.skipped(), to: null } as BelfryEvent;
    assert.equal(offer(usual, { delivery: 'immediate' }), undefined);
    assert.notEqual(offer(usual, { delivery: 'immediate', events: ['skipped'] }), undefined);
  });

  test('that wants `finished` is given reports', () => {
    const wants: Omit<Selection, 'name'> = { delivery: 'immediate', events: ['finished'] };
    assert.equal(offer(report(), wants)?.message.kind, 'run');
  });
});

test('nobody is told of deliveries, whatever they want', () => {
  const delivered: BelfryEvent = {
    ...say.started(),
    type: 'delivered',
    workload: null,
    instance: 'ops',
    message: 'm',
    outcome: 'sent',
    attempts: 1,
  } as BelfryEvent;
  for (const delivery of ['run', 'immediate'] as const) {
    assert.equal(offer(delivered, { delivery, events: ['delivered'] }), undefined);
    assert.equal(offer(notice('delivery', 'DELIVERY_GIVEN_UP'), { delivery }), undefined);
  }
  assert.equal(offerOf({ ...intent('s'), seq: 1 }, { name: 'ops', delivery: 'immediate' }), undefined);
});

test('a message’s id is the same each time, and another for each instance and event', () => {
  const event = say.found('new');
  const id = (name: string, of = event) => offerOf({ ...fact(of), seq: 1 }, { name, delivery: 'immediate' })?.id;
  assert.equal(id('ops'), id('ops'));
  assert.notEqual(id('ops'), id('dev'));
  assert.notEqual(id('ops'), id('ops', say.found('new')));
  assert.match(id('ops') ?? '', /^msg_[0-9a-f]{24}$/);
});

import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { describe, test } from 'node:test';
import { createGate } from '../../core/delivery/gate.ts';
import type { DeliveryAnswer, Pace } from '../../core/plugin.ts';
import { createJumpingClock } from './clock.ts';

const minute = 60_000;
const signal = new AbortController().signal;
setMaxListeners(0, signal);
const failed: DeliveryAnswer = { outcome: 'retry', why: 'refused' };
const sent: DeliveryAnswer = { outcome: 'sent' };
const busy = (after: number): DeliveryAnswer => ({ outcome: 'retry', why: 'busy', after });

function scene(options: { random?: number; pace?: Pace } = {}) {
  const clock = createJumpingClock();
  const gate = createGate({ ...clock, random: () => options.random ?? 0, pace: options.pace });
  const times: number[] = [];
  /** Goes through again and again until `end`; answers as the time since noon makes it. */
  const traffic = async (end: number, answer: (time: number) => DeliveryAnswer) => {
    while (clock.elapsed() < end && (await gate.enter(signal))) {
      times.push(clock.elapsed());
      gate.leave(answer(clock.elapsed()));
    }
  };
  return { clock, gate, times, traffic };
}

describe('the gate of a destination', () => {
  test('lets a burst through, and then one each second', async () => {
    const { clock, times, traffic } = scene();
    void traffic(3_000, () => sent);
    await clock.run(10 * minute);
    assert.deepEqual(times, [0, 0, 0, 0, 0, 1000, 2000, 3000]);
  });

  for (const random of [0, 0.5, 1]) {
    test(`makes at most 20 requests in an outage of 15 minutes, whatever chance says (${random})`, async () => {
      const { clock, gate, times, traffic } = scene({ random });
      const outage = 15 * minute;
      // Several instances share one destination.
      for (let instance = 0; instance < 4; instance += 1) void traffic(outage, () => failed);
      await clock.run(outage);
      const during = times.filter((time) => time < outage);
      assert.ok(during.length <= 20, `${during.length} requests`);
      assert.ok(gate.broken);
      assert.ok(gate.until - clock.now().getTime() <= 120_000);
    });
  }

  test('lets a single probe through while it is broken, and all again after one success', async () => {
    const { clock, gate } = scene();
    for (let count = 0; count < 3; count += 1) {
      await gate.enter(signal);
      gate.leave(failed);
    }
    assert.ok(gate.broken);
    const entered: string[] = [];
    void gate.enter(signal).then(() => entered.push('one'));
    void gate.enter(signal).then(() => entered.push('two'));
    await clock.run(minute);
    assert.deepEqual(entered, ['one']);
    gate.leave(sent);
    await clock.run(2 * minute);
    assert.deepEqual(entered, ['one', 'two']);
    assert.ok(!gate.broken);
  });

  test('waits as long as it is asked to, and up to a tenth more', async () => {
    for (const [random, expected] of [
      [0, 60_000],
      [1, 66_000],
    ] as const) {
      const { clock, times, traffic } = scene({ random });
      void traffic(minute, (time) => (time === 0 ? busy(60_000) : sent));
      await clock.run(2 * minute);
      assert.equal(times[1], expected);
    }
  });

  test('waits at least a second and at most six hours, whatever it is asked for', async () => {
    for (const [after, expected] of [
      [0, 1000],
      [-5, 1000],
      [365 * 24 * 60 * minute, 360 * minute],
      [Number.NaN, 360 * minute],
    ] as const) {
      const { clock, times, traffic } = scene();
      void traffic(expected, () => busy(after));
      await clock.run(expected);
      assert.equal(times[1], expected);
    }
  });

  test('does not wait any longer once someone says that it works again', async () => {
    const { clock, gate, times, traffic } = scene();
    void traffic(minute, (time) => (time === 0 ? busy(3_600_000) : sent));
    await clock.run(30_000);
    assert.equal(times.length, 1);
    gate.open();
    await clock.run(31_000);
    assert.equal(times[1], 30_000);
  });

  test('an answer that refuses a message speaks for the destination', async () => {
    const { gate } = scene({ pace: { burst: 100, every: 1000 } });
    for (let count = 1; count <= 20; count += 1) {
      await gate.enter(signal);
      gate.leave(count % 3 === 0 ? { outcome: 'permanent', why: 'no' } : failed);
      assert.ok(!gate.broken);
    }
  });

  test('goes on where an earlier process stopped', async () => {
    const { clock, gate, times, traffic } = scene();
    gate.recall(5, clock.now().getTime() + minute);
    void traffic(minute, () => sent);
    await clock.run(minute);
    assert.equal(times[0], minute);
    assert.ok(!gate.broken);
  });

  test('a wait ends with the signal', async () => {
    const { clock, gate } = scene();
    for (let count = 0; count < 5; count += 1) await gate.enter(signal);
    const stop = new AbortController();
    const entered = gate.enter(stop.signal);
    await clock.run(0);
    stop.abort();
    assert.equal(await entered, false);
  });

  test('a pass that was not used does not count against the pace', async () => {
    const { clock, gate } = scene();
    for (let count = 0; count < 20; count += 1) {
      assert.ok(await gate.enter(signal));
      gate.leave(undefined);
    }
    assert.equal(clock.elapsed(), 0);
  });
});

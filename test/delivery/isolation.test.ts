import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Instance, startDelivery } from '../../core/delivery/delivery.ts';
import { silentLog } from '../../core/log.ts';
import { createLab } from '../cycle/lab.ts';

const hanging: Instance['deliver'] = () => new Promise(() => {});
const failing: Instance['deliver'] = () => {
  throw new Error('broken');
};

/** Updates five containers and says what happened when, by the clock of the fake engine. */
async function timesOf(t: TestContext, ...deliver: readonly Instance['deliver'][]) {
  const lab = createLab();
  const delivery = startDelivery({
    journal: lab.journal,
    instances: deliver.map((one, at) => ({ name: `notifier-${at}`, delivery: 'immediate', deliver: one })),
    emit: async () => {},
    log: silentLog,
    now: lab.engine.clock.date,
    random: Math.random,
  });
  t.after(() => delivery.stop());
  for (const name of ['one', 'two', 'three', 'four', 'five']) lab.behind(name);
  const began = performance.now();
  const { finished } = await lab.run();
  const took = performance.now() - began;
  assert.equal(finished.counts.recreated, 5);
  return { times: lab.events.map(({ type, time }) => `${time} ${type}`), took, waiting: await delivery.idle(0) };
}

test('a notifier that hangs or fails delays an update by nothing', async (t) => {
  const without = await timesOf(t);
  const withThem = await timesOf(t, hanging, failing, hanging, failing);
  assert.deepEqual(withThem.times, without.times);
  assert.ok(withThem.waiting.waiting > 0, 'nothing was delivered meanwhile');
  t.diagnostic(`real time without ${without.took.toFixed(1)} ms, with them ${withThem.took.toFixed(1)} ms`);
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runCycle, updates } from '../../core/cycle/cycle.ts';
import type { Own } from '../../core/cycle/own.ts';
import { AppError } from '../../core/errors/app-error.ts';
import { createLab } from './lab.ts';

/** A cycle of a Belfry that runs in the container `belfry`, whose image is behind, as is `web`. */
async function cycleIn(handOver: (order: readonly string[]) => ReturnType<Own['handOver']>) {
  const lab = createLab();
  const id = lab.behind('belfry');
  lab.behind('web');
  const before = lab.engine.calls.length;
  const order = () => lab.engine.calls.slice(before).map(({ method }) => method);
  const own: Own = { id, obstacle: undefined, handOver: () => handOver(order()) };
  await runCycle({ ...lab.context(), own }, updates);
  return { lab, id };
}

describe('FM73: the container Belfry itself runs in', () => {
  test('is left to a helper after all others, and never stopped', async () => {
    let stops = 0;
    const { lab, id } = await cycleIn(async (order) => {
      stops = order.filter((method) => method === 'stop').length;
      return undefined;
    });
    assert.equal(stops, 1, 'the other one was replaced before');
    assert.deepEqual(lab.endings(), ['web recreated', 'belfry skipped SELF_UPDATE']);
    assert.ok(!lab.engine.calls.some(({ method, args }) => method === 'stop' && args[0] === id));
  });

  test('FM74: is not handed over where something speaks against it', async () => {
    const { lab } = await cycleIn(async () => ({ by: 'core', code: 'DIGEST_REJECTED', reason: 'it has failed' }));
    assert.deepEqual(lab.endings(), ['web recreated', 'belfry skipped DIGEST_REJECTED']);
  });

  test('stays as it is where no helper can be made', async () => {
    const { lab } = await cycleIn(async () => {
      throw new AppError('NAME_TAKEN', 'belfry.belfry-helper exists');
    });
    assert.deepEqual(lab.endings(), ['web recreated', 'belfry failed NAME_TAKEN']);
    assert.equal(lab.one('failed').outcome, 'unchanged');
  });
});

test('FM78: the container through which the engine is reached is left as it is', async () => {
  const engine = { host: 'tcp://proxy:2375', tlsVerify: false, certPath: null, apiVersion: null };
  const lab = createLab({ settings: { engine } });
  for (const name of ['proxy', 'web']) lab.behind(name);
  await lab.run();
  assert.deepEqual(lab.endings(), ['proxy skipped OWN_CONNECTION', 'web recreated']);
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AppError } from '../../../core/errors/app-error.ts';
import { createFleet, idOf, reference, refuse, release } from '../fleet.ts';
import { createLab, type Lab } from '../lab.ts';

const removeOriginal = (
  lab: () => Lab,
  verdict: { readonly verdict: 'unhealthy'; readonly reason: string } | undefined,
) => ({
  checkHealth: async () => {
    await lab().engine.remove('web.belfry-old', { volumes: false });
    return verdict;
  },
});

describe('a parked original that someone removes', () => {
  test('FM14, FM15: leaves its successor in charge, whatever the health checks say of it', async () => {
    const unhealthy = { verdict: 'unhealthy', reason: 'no answer' } as const;
    const lab: Lab = createFleet({ web: {} }, { plugins: [removeOriginal(() => lab, unhealthy)] });
    release(lab, 'web');
    await lab.run();
    assert.deepEqual(lab.engine.names(), ['web']);
    assert.equal((await lab.engine.inspect('web')).State.Running, true);
    assert.deepEqual(lab.endings(), ['web failed CONTAINER_CHANGED']);
  });

  test('FM11: is as good as removed by Belfry', async () => {
    const lab: Lab = createFleet({ web: {} }, { plugins: [removeOriginal(() => lab, undefined)] });
    release(lab, 'web');
    await lab.run();
    assert.deepEqual(lab.all('failed'), []);
    assert.deepEqual(lab.endings(), ['web recreated']);
  });
});

for (const method of ['remove', 'tag', 'inspect']) {
  test(`FM9, FM78: an engine that is away once during the rollback (${method}) does not hide that there was one`, async () => {
    const lab = createFleet({ web: {} }, { plugins: [{ checkHealth: refuse('web') }] });
    const id = await idOf(lab, 'web');
    release(lab, 'web');
    let state: 'before' | 'restarted' | 'over' = 'before';
    lab.engine.setFault((call, phase) => {
      if (state === 'before' && call.method === 'start' && phase === 'after' && call.args[0] === id)
        state = 'restarted';
      if (state !== 'restarted' || call.method !== method || phase !== 'before') return;
      state = 'over';
      throw new AppError('ENGINE_UNREACHABLE', 'the engine is away');
    });
    await lab.run();
    assert.equal(state, 'over');
    assert.equal(lab.one('failed').outcome, 'rolled-back');
    await lab.run();
    assert.equal(lab.endings().at(-1), 'web skipped DIGEST_REJECTED');
  });
}

test('an engine that fails before the new container was ever started says nothing against its image', async () => {
  const lab = createFleet({ web: {} });
  release(lab, 'web');
  lab.engine.setFault(({ method }, phase) => {
    if (method !== 'rename' || phase !== 'before') return;
    lab.engine.setFault(undefined);
    throw new AppError('ENGINE_FAILED', 'something broke');
  });
  await lab.run();
  await lab.run();
  assert.deepEqual(lab.endings(), ['web failed ENGINE_FAILED', 'web recreated']);
});

test('FM14: a container by the parking name that came before anything was made is left alone', async () => {
  const lab = createFleet({ web: {} });
  release(lab, 'web');
  lab.engine.setFault(({ method }, phase) => {
    if (method !== 'tag' || phase !== 'before') return;
    lab.engine.setFault(undefined);
    lab.engine.put('web.belfry-new', { image: reference('web') });
    throw new AppError('ENGINE_FAILED', 'something broke');
  });
  await lab.run();
  assert.deepEqual(lab.engine.names(), ['web', 'web.belfry-new']);
});

test('FM3: a replacement that its policy starts again on the way out is stopped once more and removed', async () => {
  const lab = createLab({ plugins: [{ checkHealth: refuse('web') }] });
  const original = lab.behind('web', { hostConfig: { RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } } });
  let again = 0;
  lab.engine.setFault(async ({ method, args: [container] }, phase) => {
    if (method !== 'remove' || phase !== 'before' || again > 0) return;
    again += 1;
    await lab.engine.start(String(container));
  });
  await lab.run();
  assert.equal(again, 1);
  assert.deepEqual(lab.endings(), ['web failed UNHEALTHY']);
  assert.equal(lab.one('failed').outcome, 'rolled-back');
  assert.deepEqual(lab.engine.names(), ['web']);
  assert.equal((await lab.engine.inspect('web')).Id, original);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recoveries } from '../../../core/cycle/cycle.ts';
import { AppError } from '../../../core/errors/app-error.ts';
import { createLab, runs } from '../lab.ts';

test('an original left alone keeps its parking name until it starts, so that every recovery tries again', async () => {
  const lab = createLab();
  const id = lab.behind('web.belfry-old');
  await lab.engine.stop(id, { signal: null, graceSeconds: null });
  lab.engine.setFault(({ method }) => {
    if (method === 'start') throw new AppError('ENGINE_FAILED', 'port is already allocated');
  });

  const { stillDown } = await lab.run({}, recoveries);
  assert.deepEqual(
    stillDown.map(({ workload, outcome }) => [workload.name, outcome]),
    [['web', 'down']],
  );
  assert.deepEqual(lab.engine.names(), ['web.belfry-old']);

  lab.engine.setFault(undefined);
  assert.deepEqual((await lab.run({}, recoveries)).stillDown, []);
  assert.deepEqual(lab.engine.names(), ['web']);
  assert.equal((await lab.engine.inspect('web')).State.Running, true);
  assert.equal(lab.one('recovered').outcome, 'rolled-back');
});

test('containers that no interrupted update leaves are not touched, and said so', async () => {
  const lab = createLab();
  for (const name of ['web', 'web.belfry-new', 'web.belfry-old']) lab.behind(name);
  await lab.run({}, recoveries);
  assert.equal(lab.one('failed').problem.code, 'RECOVERY_AMBIGUOUS');
  assert.deepEqual([...lab.engine.names()].toSorted(), ['web', 'web.belfry-new', 'web.belfry-old']);
});

for (const [what, labels, taken] of [
  ['follows versions', { 'belfry.follow': 'major' }, true],
  ['does not', {}, false],
] as const) {
  test(`a container of another tag beside an original that ${what} is ${taken ? 'its' : 'nobody’s'} successor`, async () => {
    const lab = createLab();
    for (const [name, tag] of [
      ['web', '1'],
      ['web.belfry-new', '2'],
    ] as const) {
      const image = `registry.example/web:${tag}`;
      lab.registry.put(image, { ...runs, labels: { tag } });
      lab.engine.run(name, { image, config: { Labels: labels } });
    }
    await lab.run({}, recoveries);
    assert.deepEqual(lab.engine.names(), taken ? ['web'] : ['web', 'web.belfry-new']);
    assert.equal((await lab.engine.inspect('web')).Config.Image, 'registry.example/web:1');
    assert.equal((await lab.engine.inspectImage('registry.example/web:1')).Id, (await lab.engine.inspect('web')).Image);
  });
}

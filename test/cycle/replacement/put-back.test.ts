import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unhealthy } from '../../../core/plugin.ts';
import { createLab } from '../lab.ts';

test('FM3: a replacement that its policy starts again on the way out is stopped once more and removed', async () => {
  const lab = createLab({ plugins: [{ checkHealth: () => unhealthy('it does not answer') }] });
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

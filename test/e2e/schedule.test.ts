import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openScene } from './scene.ts';

test('FM81: the next three runs are shown on the clocks of their zone, as a check and at the start', async (t) => {
  const scene = await openScene(t);
  const env = { TZ: 'Europe/Berlin', BELFRY_SCHEDULE: '"0 30 2 * * *"' };
  const runs = /\d{4}-\d\d-\d\d 0[23]:\d0:00 GMT\+0[12]:00/g;

  const checked = await scene.start(['config', 'check'], env).done;
  assert.equal(checked.code, 0, checked.stderr);
  assert.equal(checked.stderr.match(runs)?.length, 3);
  assert.match(checked.stderr, /Next run: .* \(Europe\/Berlin\)/);

  const watch = scene.start(['watch'], env);
  t.after(() => watch.child.kill('SIGKILL'));
  await watch.printed('stderr', /next run/);
  assert.equal(watch.output.stderr.match(runs)?.length, 3);
  watch.child.kill('SIGTERM');
  assert.equal((await watch.done).code, 0);
});

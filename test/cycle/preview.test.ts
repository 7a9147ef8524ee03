import assert from 'node:assert/strict';
import { test } from 'node:test';
import { veto } from '../../core/plugin.ts';
import { createLab } from './lab.ts';

const reference = 'registry.example/web:1';
const before = {
  config: { Cmd: ['serve'], Env: ['PATH=/bin', 'MODE=old'], User: 'app', ExposedPorts: { '80/tcp': {} } },
};
const after = {
  config: { Cmd: ['serve', 'new'], Env: ['PATH=/bin', 'MODE=new'], User: '', ExposedPorts: { '81/tcp': {} } },
};

test('a preview lists what would follow the new image, and leaves out what the user set', async () => {
  const lab = createLab();
  lab.registry.put(reference, before);
  lab.engine.run('web', { image: reference, config: { Env: ['MODE=mine'] } });
  lab.registry.put(reference, after);
  const { previews } = await lab.run({ dryRun: true });
  assert.deepEqual(previews[0]?.follows.toSorted(), [
    'Config.Cmd: ["serve"] -> ["serve","new"]',
    'Config.ExposedPorts.80/tcp: {} -> nothing',
    'Config.User: "app" -> nothing',
  ]);
  assert.deepEqual(previews[0]?.notPreserved, []);
});

test('a preview says who would refuse, and that nothing is lost by looking', async () => {
  const lab = createLab({ plugins: [{ beforeUpdate: () => veto('not on Fridays') }] });
  lab.behind('web');
  const { previews } = await lab.run({ dryRun: true });
  assert.equal(previews[0]?.refusal, 'not on Fridays');
  const changing = ['pull', 'tag', 'create', 'stop', 'remove', 'rename'];
  assert.deepEqual(
    lab.engine.calls.filter(({ method }) => changing.includes(method)),
    [],
  );
});

test('a preview of a container that the engine removes says what that means', async () => {
  const lab = createLab();
  lab.registry.put(reference, before);
  lab.engine.run('web', { image: reference, hostConfig: { AutoRemove: true } });
  lab.registry.put(reference, after);
  const [preview] = (await lab.run({ dryRun: true })).previews;
  assert.equal(preview?.rollback, 're-create');
  assert.match(preview?.notPreserved.join() ?? '', /its log/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defer } from '../../core/plugin.ts';
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

test('a preview says who would refuse, until when, and that nothing is lost by looking', async () => {
  const saturday = new Date('2026-01-03T00:00:00Z');
  const lab = createLab({ plugins: [{ beforeUpdate: () => defer('not on Fridays', saturday) }] });
  lab.behind('web');
  const { previews, finished } = await lab.run({ dryRun: true });
  const { refusal, code, by, until } = previews[0] ?? {};
  assert.deepEqual([refusal, code, by, until], ['not on Fridays', 'GATE_REFUSED', 'gate-0', saturday.toISOString()]);
  assert.equal(finished.items[0]?.until, saturday.toISOString(), 'the report says so as well');
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

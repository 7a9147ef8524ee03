import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock, testEngine, testPlugin } from 'belfry/testing';
import plugin from './gate.ts';

const config = { from: 1, to: 5 };

test('the plugin is whole', () => testPlugin(plugin, { valid: [config], invalid: [{}, { from: 1, to: 25 }] }));

for (const [hour, state] of [
  [3, 'recreated'],
  [12, 'available'],
] as const) {
  test(`at ${hour}:00 an update is ${state}`, async () => {
    const engine = testEngine({ clock: createFakeClock(Date.UTC(2026, 0, 1, hour)) });
    engine.container('web');
    const report = await engine.update({ plugins: [{ plugin, config }] });
    assert.equal(report.item('web').state, state);
  });
}

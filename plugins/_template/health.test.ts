import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testEngine, testPlugin } from 'belfry/testing';
import plugin from './health.ts';

const config = { port: 8080, path: '/ready' };

test('the plugin is whole', () =>
  testPlugin(plugin, { valid: [config], invalid: [{}, { port: 8080, path: 'ready' }] }));

for (const [status, state] of [
  [200, 'recreated'],
  [503, 'failed'],
] as const) {
  test(`an update that answers ${status} is ${state}`, async () => {
    const engine = testEngine({ http: async () => ({ status, headers: {}, body: '' }) });
    engine.container('web');
    const report = await engine.update({ plugins: [{ plugin, config }] });
    assert.equal(report.item('web').state, state);
  });
}

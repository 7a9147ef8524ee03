import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestHost, samplePlan, testPlugin } from 'belfry/testing';
import plugin from './hook.ts';

const config = { argv: ['warm-up', '--all'] };

test('the plugin is whole', () => testPlugin(plugin, { valid: [config], invalid: [{}, { argv: [] }] }));

test('what the program says when it fails is told', async () => {
  const exec = () => ({ exitCode: 3, output: 'no database' });
  const host = await createTestHost(plugin, { config, exec });
  await assert.rejects(host.ask('afterUpdate', samplePlan()), /warm-up --all ended with 3: no database/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestHost, sampleVersion, sampleWorkload, testPlugin } from 'belfry/testing';
import console from '../../plugins/console/index.ts';

test('it is whole', () => testPlugin(console));

const workload = sampleWorkload();
const cycle = 'cyc_1';
const [from, to] = [sampleVersion(), sampleVersion({ version: '1.1.0' })];

test('what happened is one line each, failures as errors, routine only for those who debug', async () => {
  const host = await createTestHost(console);
  const problem = { code: 'UNHEALTHY', message: 'it answered 500', hint: '' };
  await host.emit({ type: 'started', cycle, workload: null, trigger: 'manual', dryRun: false });
  await host.emit({ type: 'checked', cycle, workload, digest: null, upToDate: false });
  await host.emit({ type: 'found', cycle, workload, from, to, bump: 'minor', downloadBytes: null });
  await host.emit({
    type: 'failed',
    cycle,
    workload,
    phase: 'verify',
    outcome: 'rolled-back',
    from,
    to,
    problem,
    logTail: [],
  });
  assert.deepEqual(host.logged, [
    'debug cycle started (manual) plugin=console',
    'debug web is behind its registry plugin=console',
    'info  web: 1.0.0 -> 1.1.0 is available plugin=console',
    'error web still runs 1.0.0 (rolled back): it answered 500 (UNHEALTHY) plugin=console',
  ]);
});

test('its own news of deliveries is not repeated', async () => {
  const host = await createTestHost(console);
  await host.emit({
    type: 'delivered',
    cycle,
    workload: null,
    instance: 'x',
    message: 'm',
    outcome: 'sent',
    attempts: 1,
  });
  assert.deepEqual(host.logged, []);
});

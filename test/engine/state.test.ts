import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ContainerDetails, ContainerState, Healthcheck } from '../../core/engine/port.ts';
import { healthcheckTerms, workloadState } from '../../core/engine/state.ts';

const details = (state: Partial<ContainerState>, healthcheck?: Healthcheck): ContainerDetails => ({
  ...{ Id: 'x', Name: '/web', Image: 'sha256:1', RestartCount: 2, HostConfig: {}, NetworkSettings: {} },
  State: { Status: 'running', Running: true, Paused: false, Restarting: false, ExitCode: 0, ...state },
  Config: { Image: 'web:1', ...(healthcheck && { Healthcheck: healthcheck }) },
});

describe('what plugins are told of a container', () => {
  test('is what the engine shows', () => {
    const started = '2026-01-01T00:00:00Z';
    const shown = workloadState(details({ Restarting: true, ExitCode: 137, StartedAt: started }));
    assert.deepEqual(shown, {
      ...{ status: 'running', running: true, restarting: true, exitCode: 137, restarts: 2, startedAt: started },
      ...{ health: 'none', healthOutput: null, healthcheck: null, addresses: [], publishedPorts: [] },
    });
  });

  test('has every address and published port', () => {
    const Networks = {
      front: { IPAddress: '10.0.0.2', GlobalIPv6Address: 'fd00::2' },
      back: { IPAddress: '', GlobalIPv6Address: '' },
    };
    const Ports = { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }], '53/udp': null };
    const { addresses, publishedPorts } = workloadState({ ...details({}), NetworkSettings: { Networks, Ports } });
    assert.deepEqual(addresses, [
      { network: 'front', address: '10.0.0.2' },
      { network: 'front', address: 'fd00::2' },
    ]);
    assert.deepEqual(publishedPorts, [{ port: 80, protocol: 'tcp', hostAddress: '0.0.0.0', hostPort: 8080 }]);
  });

  test('has no start where it never ran', () => {
    assert.equal(workloadState(details({ StartedAt: '0001-01-01T00:00:00Z' })).startedAt, null);
    assert.equal(workloadState(details({})).startedAt, null);
  });

  test('has the health of its check, and its last words', () => {
    const Health = { Status: 'unhealthy', Log: [{ Output: 'old' }, { Output: 'refused\n' }] };
    const { health, healthOutput } = workloadState(details({ Health }, { Test: ['CMD', 'x'] }));
    assert.deepEqual([health, healthOutput], ['unhealthy', 'refused']);
    assert.equal(workloadState(details({ Health: { Status: 'starting', Log: null } })).healthOutput, null);
    assert.equal(workloadState(details({ Health: { Status: 'none' } })).health, 'none');
  });
});

describe('the terms of a health check', () => {
  test('are in milliseconds, with the engine’s defaults filled in', () => {
    assert.deepEqual(healthcheckTerms({ Test: ['CMD', 'x'] }), {
      ...{ startPeriod: 0, interval: 30_000, timeout: 30_000, retries: 3 },
    });
    const own = { Test: ['CMD', 'x'], Interval: 1e9, Timeout: 2e9, StartPeriod: 3e9, Retries: 4 };
    assert.deepEqual(healthcheckTerms(own), { startPeriod: 3000, interval: 1000, timeout: 2000, retries: 4 });
    assert.equal(healthcheckTerms({ Test: ['CMD', 'x'], Interval: 0, Retries: 0 })?.retries, 3);
  });

  test('are none where nothing is checked', () => {
    for (const none of [null, undefined, {}, { Test: [] }, { Test: null }, { Test: ['NONE'], Interval: 1e9 }]) {
      assert.equal(healthcheckTerms(none), null);
    }
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runBelfry } from '../../bench/delivery/run.ts';

test('under rate limits, faults, an outage and two kills nothing is lost, and only what is dubious comes twice', async () => {
  const outage = { from: 10, to: 910 };
  const trial = { messages: 20, faults: 0.3, outage, seed: 7, slow: false, scale: 200, kills: 2, leastTimeout: 20_000 };
  const { lost, duplicates, ambiguous, killsInFlight, requestsInOutage } = await runBelfry(trial);
  assert.equal(lost, 0);
  assert.equal(duplicates, ambiguous + killsInFlight);
  assert.ok(requestsInOutage <= 20, `${requestsInOutage} requests in the outage`);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heapAfterCycles } from './heap-after-cycles.ts';

test('days of hourly cycles leave nothing behind in memory', { timeout: 60_000 }, async () => {
  const containers = 50;
  const [early = 0, late = 0] = await heapAfterCycles([100, 300], containers);
  const oneEvent = 500;
  const kept = `${((late - early) / 1e6).toFixed(1)} MB more after 200 cycles`;
  // The engine compiles and caches as it goes, which takes some hundred kilobytes. Were one event of each container
  // kept, it would be ten times that.
  assert.ok(late - early < (200 * containers * oneEvent) / 2, kept);
});

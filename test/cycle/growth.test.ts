import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heapAfterCycles } from './heap-after-cycles.ts';

test('days of hourly cycles leave nothing behind in memory', { timeout: 180_000 }, async () => {
  const containers = 50;
  const [early = 0, late = 0] = await heapAfterCycles([50, 150], containers);
  const oneEvent = 500;
  const kept = `${((late - early) / 1e6).toFixed(1)} MB more after 100 cycles`;
  // The engine compiles and caches as it goes, which takes some hundred kilobytes. Were one event of each container
  // kept, it would be ten times that.
  assert.ok(late - early < (100 * containers * oneEvent) / 2, kept);
});

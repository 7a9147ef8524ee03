import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { mapLimited } from '../core/concurrency.ts';

test('results keep the order of their items, and never more than the limit are at work', async () => {
  const turns = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(turns, fc.integer({ min: 1, max: 5 }), async (items, limit) => {
      let atWork = 0;
      let most = 0;
      const results = await mapLimited(items, limit, async (count) => {
        atWork += 1;
        most = Math.max(most, atWork);
        for (let passed = 0; passed < count; passed += 1) await turn();
        atWork -= 1;
        return count * 2;
      });
      assert.deepEqual(
        results,
        items.map((count) => count * 2),
      );
      assert.equal(most, Math.min(limit, items.length));
    }),
  );
});

test('the first failure is the whole’s', async () => {
  const work = async (item: number) => {
    if (item === 2) throw new Error(`${item}`);
    return item;
  };
  await assert.rejects(mapLimited([1, 2, 3], 2, work), /^Error: 2$/);
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFakeClock, createTestHost, samplePlan, sampleVersion } from 'belfry/testing';
import cooldown from '../../plugins/cooldown/index.ts';

const hour = 3_600_000;
const firstSeen = '2026-01-01T00:00:00.000Z';
/** A candidate that waits for a day. */
const plan = samplePlan({ firstSeen, cooldownDelay: 24 * hour });

/** What it says so many hours after the candidate was first seen. */
async function after(hours: number, own = plan) {
  const host = await createTestHost(cooldown, { clock: createFakeClock(Date.parse(firstSeen) + hours * hour) });
  return host.ask('beforeUpdate', own);
}

describe('a cool-down', () => {
  test('defers until the candidate has been known for so long, and says when that is', async () => {
    assert.deepEqual(await after(23.9), {
      verdict: 'defer',
      reason: 'cool-down: first seen 2026-01-01T00:00:00Z, eligible at 2026-01-02T00:00:00Z',
      until: '2026-01-02T00:00:00.000Z',
    });
    assert.equal(await after(24), undefined);
  });

  test('FM71, FM82: goes by first sight alone, whatever date the image states', async () => {
    for (const created of ['2001-01-01T00:00:00Z', '2099-01-01T00:00:00Z', null]) {
      const own = { ...plan, to: sampleVersion({ created, digest: 'sha256:new' }) };
      assert.equal((await after(1, own))?.verdict, 'defer', String(created));
      assert.equal(await after(25, own), undefined, String(created));
    }
  });

  test('still waits where the clock was set back', async () => {
    assert.equal((await after(-5))?.verdict, 'defer');
  });

  test('of zero is none', async () => {
    assert.equal(await after(0, samplePlan({ firstSeen, cooldownDelay: 0 })), undefined);
  });

  test('does not hold an image without a digest, of which nobody can tell since when it is known', async () => {
    assert.equal(await after(0, { ...plan, to: sampleVersion({ digest: null }) }), undefined);
  });
});

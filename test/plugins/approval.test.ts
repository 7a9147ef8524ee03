import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Plan } from 'belfry/plugin';
import { createFakeClock, createTestHost, samplePlan, sampleWorkload } from 'belfry/testing';
import approval from '../../plugins/approval/index.ts';

const hour = 3_600_000;
const firstSeen = '2026-01-01T00:00:00.000Z';

interface Of extends Partial<Plan> {
  readonly config?: object;
  readonly label?: string;
  /** Since the image was first seen. */
  readonly hours?: number;
}

async function verdict({ config = {}, label, hours = 0, ...plan }: Of = {}) {
  const host = await createTestHost(approval, {
    config,
    clock: createFakeClock(Date.parse(firstSeen) + hours * hour),
  });
  const labels = label === undefined ? {} : { 'belfry.approval': label };
  return host.ask('beforeUpdate', samplePlan({ firstSeen, labels, ...plan }));
}

const waits = { verdict: 'defer', reason: 'waits for `belfry approve web`' };
const said = (verdict: 'approved' | 'denied') => ({ verdict, time: '2026-01-01T05:00:00.000Z' }) as const;

describe('an update waits for an approval', () => {
  test('only where the label or the configuration asks for it', async () => {
    assert.equal(await verdict(), undefined);
    assert.equal(await verdict({ label: ' ' }), undefined);
    assert.deepEqual(await verdict({ label: 'required' }), waits);
    assert.deepEqual(await verdict({ config: { containers: ['w.b', 'db'] } }), waits);
    assert.equal(await verdict({ config: { containers: ['we'] } }), undefined);
    assert.equal(await verdict({ config: { containers: ['.*'] }, label: 'none' }), undefined);
  });

  test('for ever, unless there is a deadline', async () => {
    assert.deepEqual(await verdict({ label: 'required', hours: 10_000 }), waits);
  });

  test('until somebody has said yes or no to this very image', async () => {
    assert.equal(await verdict({ label: 'required', approval: said('approved') }), undefined);
    assert.deepEqual(await verdict({ label: 'required', approval: said('denied') }), {
      verdict: 'veto',
      reason: 'denied at 2026-01-01T05:00:00Z',
    });
  });

  test('and names the container to approve', async () => {
    const answer = await verdict({ label: 'required', workload: sampleWorkload({ name: 'shop-db-1' }) });
    assert.deepEqual(answer, { verdict: 'defer', reason: 'waits for `belfry approve shop-db-1`' });
  });

  test('is refused where its label cannot be understood', async () => {
    assert.deepEqual(await verdict({ label: 'requierd', approval: said('approved') }), {
      verdict: 'veto',
      reason: 'its label belfry.approval=requierd is neither required nor none',
    });
  });
});

describe('a deadline counts from when the image was first seen, and then silence', () => {
  const terms = (silence?: string) => ({ containers: ['web'], deadline: '1d', ...(silence && { silence }) });
  const due = '2026-01-02T00:00:00Z';
  const wait = 'waits for `belfry approve web`';

  test('is a yes where it is said so', async () => {
    const config = terms('approve');
    assert.deepEqual(await verdict({ config, hours: 23.9 }), {
      verdict: 'defer',
      reason: `${wait}, and is approved by itself at ${due}`,
      until: '2026-01-02T00:00:00.000Z',
    });
    assert.equal(await verdict({ config, hours: 24 }), undefined);
    assert.notEqual(await verdict({ config, hours: 24, approval: said('denied') }), undefined);
  });

  test('is a no where it is said so, and a late yes counts', async () => {
    const config = terms('deny');
    assert.deepEqual(await verdict({ config, hours: 23.9 }), { verdict: 'defer', reason: `${wait} until ${due}` });
    assert.deepEqual(await verdict({ config, hours: 24 }), {
      verdict: 'veto',
      reason: `nobody approved it until ${due}`,
    });
    assert.equal(await verdict({ config, hours: 24, approval: said('approved') }), undefined);
  });

  test('is nothing but told, where nothing is said', async () => {
    for (const config of [terms(), terms('wait')]) {
      assert.deepEqual(await verdict({ config, hours: 1 }), { verdict: 'defer', reason: `${wait} until ${due}` });
      assert.deepEqual(await verdict({ config, hours: 24 }), {
        verdict: 'defer',
        reason: `${wait} since 2026-01-01T00:00:00Z, which is too long`,
      });
    }
  });
});

test('a configuration that cannot be used is refused', async () => {
  const problem = async (config: object) =>
    String(await createTestHost(approval, { config }).catch((thrown: unknown) => thrown));
  assert.match(await problem({ silence: 'approve' }), /silence: it needs a `deadline`/);
  assert.match(await problem({ containers: ['['] }), /the pattern \[ is not a regular expression/);
  assert.match(await problem({ deadline: 'soon' }), /expected a duration/);
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { recipientOf } from '../../core/delivery/recipient.ts';
import type { Instance as Configured } from '../../core/host.ts';
import type { Plugin } from '../../core/plugin.ts';
import { createPost, failing, updated } from './post.ts';

const day = 86_400_000;

function recipient(config: unknown, plugin: Partial<Plugin> = {}) {
  const configured = { name: 'ops', plugin, config } as unknown as Configured;
  return recipientOf(configured, {
    deliver: async () => ({ outcome: 'retry', why: `no hunter2\n${'x'.repeat(1000)}` }),
    redact: (text) => text.replaceAll('hunter2', '•••'),
    host: 'nas-01',
    timeZone: () => 'Europe/Berlin',
  });
}

describe('a notifier’s own configuration says', () => {
  test('nothing, and then it reports each run and reminds after a week', () => {
    for (const config of [undefined, null, 'text', {}]) {
      const { delivery, backfill, remind, quiet, select, events } = recipient(config);
      assert.deepEqual([delivery, backfill, remind], ['run', false, 7 * day]);
      assert.deepEqual([quiet, select, events], [undefined, undefined, undefined]);
    }
  });

  test('when it sends, by Belfry’s clocks unless it names others', () => {
    const quiet = { from: '22:00', to: '07:00', except: [] };
    const own = recipient({ delivery: 'digest', schedule: '0 8 * * *', quiet, remind: '1d', backfill: true });
    assert.deepEqual([own.delivery, own.schedule, own.timeZone], ['digest', '0 8 * * *', 'Europe/Berlin']);
    assert.deepEqual(own.quiet, { ...quiet, timeZone: 'Europe/Berlin' });
    assert.deepEqual([own.remind, own.backfill], [day, true]);
    assert.equal(recipient({ quiet: { ...quiet, timeZone: 'UTC' } }).quiet?.timeZone, 'UTC');
    assert.equal(recipient({ remind: false }).remind, null);
  });

  test('something else of a foreign plugin’s own by these names, which is passed over', () => {
    const strange = recipient({
      delivery: 'by pigeon',
      quiet: true,
      select: 'all',
      remind: 7,
      schedule: 3,
      backfill: 'x',
    });
    assert.deepEqual([strange.delivery, strange.remind, strange.backfill], ['run', 7 * day, false]);
    assert.deepEqual([strange.quiet, strange.select, strange.schedule], [undefined, undefined, undefined]);
  });
});

test('where its messages go is the plugin’s to say, as far as it can', () => {
  const destination = (of: Plugin['destination']) => recipient({}, of && { destination: of }).destination;
  assert.equal(
    destination(() => 'gotify:80'),
    'gotify:80',
  );
  assert.equal(destination(undefined), undefined);
  assert.equal(
    destination(() => 7 as never),
    undefined,
  );
  assert.equal(
    destination(() => assert.fail('no')),
    undefined,
  );
});

test('what a destination answers is kept without secrets, on one line, and not too long', async () => {
  const answer = await recipient({}).deliver({} as never, {} as never);
  const why = 'why' in answer ? answer.why : '';
  assert.match(why, /^no •••\\nx+$/);
  assert.equal(why.length, 300);
});

describe('of what it does not select', () => {
  const { select } = recipient({ select: { name: ['web'] } });
  const options = { select, delivery: 'immediate' } as const;

  test('nothing is told, and the rest is', async (t) => {
    const post = createPost(t, options);
    await post.state(...updated('a', 'api'), ...failing('a', 'api'), ...updated('a', 'web'));
    assert.deepEqual([...new Set(post.arrived.map(({ message }) => message.event?.workload?.name))], ['web']);
    assert.deepEqual(await post.delivery()?.idle(1), { waiting: 0, held: 0 });
  });

  test('nothing stands in a report either', async (t) => {
    const post = createPost(t, { select });
    await post.state(...updated('a', 'api'), ...failing('a', 'web'));
    assert.deepEqual(
      post.arrived.map(({ message: { report } }) => [report.counts.recreated, report.counts.failed]),
      [[0, 1]],
    );
  });
});

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { hasCode } from '../../core/errors/app-error.ts';
import { createPace, type PaceOptions } from '../../core/registry/pace.ts';

const limited = (error: unknown) => hasCode(error, 'REGISTRY_RATE_LIMITED');
const makePace = (options: Partial<PaceOptions> = {}) =>
  createPace({ now: Date.now, unmetered: () => false, ...options });

/** Lets every promise that can go on do so; timers stand still. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

describe('the pace of a host', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 }));
  afterEach(() => mock.timers.reset());

  test('lets a burst through at once, and the rest at its rate', async () => {
    const pace = makePace({ burst: 20, perSecond: 10, concurrent: 100 });
    let done = 0;
    for (let i = 0; i < 30; i += 1) void pace.run('host', async () => (done += 1));
    await settle();
    assert.equal(done, 20);
    for (let tenth = 1; tenth <= 10; tenth += 1) {
      mock.timers.tick(100);
      await settle();
      assert.equal(done, 20 + tenth);
    }
  });

  test('allows eight questions at a time, also where nothing is metered', async () => {
    const pace = makePace({ unmetered: () => true });
    let running = 0;
    const finish: (() => void)[] = [];
    const ask = () =>
      pace.run('host', () => {
        running += 1;
        return new Promise<void>((resolve) => finish.push(resolve)).finally(() => (running -= 1));
      });
    const asked = Array.from({ length: 50 }, ask);
    await settle();
    while (finish.length > 0) {
      assert.ok(running <= 8);
      finish.shift()?.();
      await settle();
    }
    await Promise.all(asked);
    assert.equal(running, 0);
  });

  test('is each host’s own', async () => {
    const pace = makePace({ burst: 1, perSecond: 1 });
    await pace.run('a', async () => {});
    assert.equal(await pace.run('b', async () => 'done'), 'done');
  });

  test('a failed question gives its place back', async () => {
    const pace = makePace({ concurrent: 1 });
    await assert.rejects(pace.run('host', () => Promise.reject(new Error('no'))));
    assert.equal(await pace.run('host', async () => 'next'), 'next');
  });

  test('FM67: refuses at once while the host asks to be left alone, and asks again after that', async () => {
    const pace = makePace();
    assert.match(pace.hold('host', '120').message, /until 1970-01-01T00:18:40/);
    await assert.rejects(
      pace.run('host', async () => 'asked'),
      limited,
    );
    mock.timers.tick(119_999);
    await assert.rejects(
      pace.run('host', async () => 'asked'),
      limited,
    );
    mock.timers.tick(1);
    assert.equal(await pace.run('host', async () => 'asked'), 'asked');
  });

  test('FM67: who waits when the host is held is refused without waiting on', async () => {
    const pace = makePace({ burst: 1, perSecond: 1, concurrent: 1 });
    const first = pace.run('host', async () => {
      throw pace.hold('host', undefined);
    });
    const others = Array.from({ length: 20 }, () => pace.run('host', async () => 'asked'));
    for (const question of [first, ...others]) await assert.rejects(question, limited);
  });

  /** Retry-After, and for how many seconds the host is held. */
  const holds: readonly (readonly [string | undefined, number])[] = [
    ['0', 0],
    ['30', 30],
    [new Date(1_000_000 + 90_000).toUTCString(), 90],
    [new Date(0).toUTCString(), 0],
    ['999999999', 24 * 60 * 60],
    ['soon', 60],
    [undefined, 60],
  ];
  for (const [retryAfter, seconds] of holds) {
    test(`Retry-After: ${retryAfter} holds it for ${seconds} s`, async () => {
      const pace = makePace();
      pace.hold('host', retryAfter);
      mock.timers.tick(Math.max(0, seconds * 1000 - 1));
      if (seconds > 0) assert.throws(() => pace.check('host'), limited);
      mock.timers.tick(1);
      pace.check('host');
    });
  }
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CleanupCandidate, Plugin } from 'belfry/plugin';
import { createFakeClock, createTestHost, type PluginCases, sampleCleanupCandidate, testPlugin } from 'belfry/testing';
import cleanupReplaced from '../../plugins/cleanup-replaced/index.ts';
import dangling from '../../plugins/dangling/index.ts';
import keepDays from '../../plugins/keep-days/index.ts';
import keepLast from '../../plugins/keep-last/index.ts';

const policies: readonly Plugin[] = [cleanupReplaced, keepLast as Plugin, keepDays as Plugin, dangling];
const cases = new Map<Plugin, PluginCases>([
  [keepLast as Plugin, { valid: [undefined, { images: 0 }], invalid: [{ images: -1 }, { images: 1.5 }, { days: 1 }] }],
  [keepDays as Plugin, { valid: [undefined, { days: 0.5 }], invalid: [{ days: -1 }, { days: '7d' }] }],
]);
const day = 86_400_000;
const now = Date.UTC(2026, 5, 30);
const daysAgo = (days: number) => new Date(now - days * day).toISOString();

/** What an update left behind so many days ago, of a repository of its own where it names none. */
function left(imageId: string, days: number, own: Partial<CleanupCandidate> = {}): CleanupCandidate {
  const { repositories = [`registry.example/${imageId}`] } = own;
  const references = repositories.map((one) => `${one}@sha256:${imageId}`);
  return sampleCleanupCandidate({ imageId, repositories, references, replacedAt: daysAgo(days), ...own });
}

/** What nobody’s update left behind. */
const stray = (imageId: string) =>
  sampleCleanupCandidate({ imageId, references: [], repositories: [], replacedAt: null, replacedBy: null });

async function choiceOf(policy: Plugin, images: readonly CleanupCandidate[], config?: object) {
  const host = await createTestHost(policy, { config, clock: createFakeClock(now) });
  const verdict = await host.ask('selectCleanup', images);
  assert.ok(verdict !== undefined);
  if (verdict.verdict === 'choose') return { keep: verdict.keep, remove: verdict.remove };
  return { keep: [], remove: [], [verdict.verdict]: verdict.images };
}

for (const policy of policies) {
  describe(`the cleanup policy ${policy.name}`, () => {
    const images = [
      ...Array.from({ length: 12 }, (_, at) =>
        left(`old-${at}`, at * 3, { repositories: [`registry.example/${at % 3}`] }),
      ),
      left('nowhere', 40, { repositories: [], references: [] }),
      left('twice', 20, { repositories: ['registry.example/0', 'registry.example/1'] }),
      stray('stray'),
    ];

    test('is whole', () => testPlugin(policy, cases.get(policy)));

    test('names nothing that it was not offered, nothing twice, and nothing both ways', async () => {
      const { keep, remove } = await choiceOf(policy, images);
      const named = [...keep, ...remove];
      assert.equal(new Set(named).size, named.length);
      const offered = images.map(({ imageId }) => imageId);
      assert.deepEqual(
        named.filter((id) => !offered.includes(id)),
        [],
      );
    });

    test('says the same in whatever order it is asked', async () => {
      const sorted = (choice: Awaited<ReturnType<typeof choiceOf>>) => [
        choice.keep.toSorted(),
        choice.remove.toSorted(),
      ];
      assert.deepEqual(sorted(await choiceOf(policy, images.toReversed())), sorted(await choiceOf(policy, images)));
    });

    test('removes nothing where nothing is offered', async () => {
      assert.deepEqual(await choiceOf(policy, []), { keep: [], remove: [] });
    });

    test('leaves what no update left behind to dangling', async () => {
      const { keep, remove } = await choiceOf(policy, [stray('stray')]);
      assert.deepEqual([keep, remove], [[], policy === dangling ? ['stray'] : []]);
    });

    test('removes what was left long ago and is one of many', async () => {
      const { remove } = await choiceOf(policy, images);
      assert.ok(remove.includes('old-11'), remove.join());
    });
  });
}

describe('cleanup-replaced', () => {
  test('removes everything that updates left behind', async () => {
    const { remove } = await choiceOf(cleanupReplaced, [left('a', 0), left('b', 100), stray('c')]);
    assert.deepEqual(remove, ['a', 'b']);
  });
});

describe('keep-last', () => {
  const of = (repository: string) => ({ repositories: [repository] });
  const images = [left('a1', 9, of('a')), left('a2', 5, of('a')), left('a3', 1, of('a')), left('b1', 30, of('b'))];

  test('keeps two of each repository unless told otherwise, those that were left last', async () => {
    assert.deepEqual(await choiceOf(keepLast as Plugin, images), { keep: ['a3', 'a2', 'b1'], remove: ['a1'] });
  });

  test('keeps as many as it is told', async () => {
    assert.deepEqual((await choiceOf(keepLast as Plugin, images, { images: 1 })).keep, ['a3', 'b1']);
    assert.deepEqual((await choiceOf(keepLast as Plugin, images, { images: 0 })).keep, []);
    assert.deepEqual((await choiceOf(keepLast as Plugin, images, { images: 3 })).remove, []);
  });

  test('keeps an image of two repositories where one of them protects it', async () => {
    const both = left('ab', 20, { repositories: ['a', 'b'] });
    const { keep } = await choiceOf(keepLast as Plugin, [...images, both], { images: 2 });
    assert.ok(keep.includes('ab'));
  });

  test('counts images together of which nothing tells the repository', async () => {
    const unknown = [3, 2, 1].map((days) => left(`u${days}`, days, { repositories: [] }));
    assert.deepEqual(await choiceOf(keepLast as Plugin, unknown, { images: 1 }), {
      keep: ['u1'],
      remove: ['u2', 'u3'],
    });
  });

  test('goes by when they were built where they were left at the same time', async () => {
    const twins = ['2026-01-01', '2026-03-01'].map((created) => left(created, 1, { ...of('a'), created }));
    assert.deepEqual((await choiceOf(keepLast as Plugin, twins, { images: 1 })).keep, ['2026-03-01']);
  });
});

describe('keep-days', () => {
  test('keeps a week unless told otherwise', async () => {
    const images = [left('a', 6.9), left('b', 7.1)];
    assert.deepEqual(await choiceOf(keepDays as Plugin, images), { keep: ['a'], remove: ['b'] });
    assert.deepEqual(await choiceOf(keepDays as Plugin, images, { days: 0 }), { keep: [], remove: ['a', 'b'] });
    assert.deepEqual(await choiceOf(keepDays as Plugin, images, { days: 30 }), { keep: ['a', 'b'], remove: [] });
  });
});

describe('dangling', () => {
  test('removes what no tag names, also where an update left it, and nothing that bears a tag', async () => {
    const tagged = left('tagged', 9, { references: ['registry.example/web:1.2', 'registry.example/web@sha256:x'] });
    const { remove } = await choiceOf(dangling, [left('a', 1), stray('b'), tagged]);
    assert.deepEqual(remove, ['a', 'b']);
  });
});

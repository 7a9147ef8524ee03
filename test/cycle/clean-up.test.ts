import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rollbackTo } from '../../core/cycle/replacement/roll-back-to.ts';
import type { CleanupCandidate } from '../../core/decisions.ts';
import { AppError } from '../../core/errors/app-error.ts';
import { memoryJournal } from '../../core/journal/memory-journal.ts';
import { remove, unhealthy, veto, type Wiring } from '../../core/plugin.ts';
import { parseReference } from '../../core/registry/reference.ts';
import { createLab, type Lab, type LabOptions, runs } from './lab.ts';

const removing: Wiring = { selectCleanup: (images) => remove(images.map(({ imageId }) => imageId)) };
const atOnce = { rollbackGrace: 0 };

/** A lab with `web`, updated, whose policy proposes everything, and the image it ran before. */
async function updated(options: LabOptions = {}, arrange: (lab: ReturnType<typeof createLab>) => void = () => {}) {
  const lab = createLab({ settings: atOnce, plugins: [removing], ...options });
  lab.behind('web');
  const { Image: old } = await lab.engine.inspect('web');
  arrange(lab);
  await lab.run();
  const images = (await lab.engine.images()).map(({ id }) => id);
  return { lab, old, isThere: images.includes(old) };
}

describe('the image that an update left behind', () => {
  test('stays where no policy is in force', async () => {
    assert.equal((await updated({ plugins: [] })).isThere, true);
  });

  test('goes where a policy proposes it', async () => {
    const { lab, isThere } = await updated();
    assert.equal(isThere, false);
    const { images, bytes, workload } = lab.one('cleaned');
    assert.deepEqual([workload?.name, bytes, images.length], ['web', 0, 1]);
    assert.match(images[0] ?? '', /^registry\.example\/web@sha256:/);
  });

  test('FM60: stays as long as any container uses it, even one that never ran', async () => {
    const { lab, isThere } = await updated({}, ({ engine, registry }) => {
      // A stopped container is not updated, and still needs its image.
      const tagged = registry.put('registry.example/copy:1', {
        ...runs,
        labels: { 'org.opencontainers.image.version': '1.0.0' },
      });
      assert.ok(tagged);
      engine.put('other', { image: `registry.example/web:1` });
    });
    assert.equal(isThere, true);
    assert.deepEqual(lab.all('cleaned'), []);
  });

  test('stays where another tag names it', async () => {
    const { isThere } = await updated({}, ({ engine }) => void engine.tag('registry.example/web:1', 'mine', 'keep'));
    assert.equal(isThere, true);
  });

  test('is not offered after a roll back, and the new one goes', async () => {
    const offered: CleanupCandidate[] = [];
    const { lab, isThere } = await updated({
      plugins: [
        {
          checkHealth: () => unhealthy('500'),
          selectCleanup: (images) => {
            offered.push(...images);
            return undefined;
          },
        },
      ],
    });
    assert.deepEqual([isThere, offered], [true, []]);
    assert.equal((await lab.engine.images()).length, 1);
  });

  test('that cannot be removed is a failure beside the update, not of it', async () => {
    const lab = createLab({ plugins: [removing], settings: atOnce });
    lab.behind('web');
    lab.engine.setFault(({ method }) => {
      if (method === 'removeImage') throw new Error('in use');
    });
    await lab.run();
    assert.deepEqual(lab.endings(), ['web recreated']);
    const { phase, outcome, ending } = lab.one('failed');
    assert.deepEqual([phase, outcome, ending], ['cleanup', 'updated', undefined]);
    assert.equal(lab.one('finished').counts.failed, 0);
  });
});

test('a clean-up for which the engine has gone does not undo the cycle', async () => {
  const lab = createLab({ plugins: [removing], settings: atOnce });
  lab.behind('web');
  lab.engine.setFault(({ method }) => {
    if (method === 'list' && lab.endings().length > 0) throw new Error('gone');
  });
  await lab.run();
  assert.deepEqual(lab.endings(), ['web recreated']);
  assert.equal(lab.one('failed').phase, 'cleanup');
  assert.equal(lab.one('finished').counts.recreated, 1);
});

const hour = 3_600_000;
const stray = parseReference('registry.example/stray:1');

/** Puts one more version into the registry. */
function release(lab: Lab, version: string, name = 'web'): void {
  lab.registry.put(`registry.example/${name}:1`, {
    ...runs,
    labels: { 'org.opencontainers.image.version': version },
    created: `2026-01-0${version}T00:00:00Z`,
  });
}

/** What is offered to a policy that wants nothing, cycle by cycle. */
function watching() {
  const offered: (readonly CleanupCandidate[])[] = [];
  const policy: Wiring = {
    selectCleanup: (images) => {
      offered.push(images);
      return undefined;
    },
  };
  return { policy, last: () => offered.at(-1) ?? [], times: () => offered.length };
}

describe('for a rollback', () => {
  test('the image before the last update of each container stays for a day, and goes with the next cycle then', async () => {
    const { lab, old, isThere } = await updated({ settings: {} });
    assert.equal(isThere, true);
    assert.deepEqual(lab.all('cleaned'), []);
    lab.engine.clock.advance(23 * hour);
    await lab.run();
    assert.ok(await lab.engine.inspectImage(old));
    lab.engine.clock.advance(2 * hour);
    await lab.run();
    await assert.rejects(lab.engine.inspectImage(old));
    const { workload, images } = lab.one('cleaned');
    assert.equal(workload?.name, 'web');
    assert.match(images[0] ?? '', /^registry\.example\/web@sha256:/);
  });

  test('only that one does: what it ran before goes at once', async () => {
    const { lab, old } = await updated({ settings: {} });
    const { Image: second } = await lab.engine.inspect('web');
    release(lab, '3');
    await lab.run();
    const there = (await lab.engine.images()).map(({ id }) => id);
    assert.deepEqual([there.includes(old), there.includes(second)], [false, true]);
  });

  test('an image stays as long as any container would go back to it', async () => {
    const lab = createLab({ plugins: [removing] });
    lab.behind('web');
    const { Image: old } = await lab.engine.inspect('web');
    lab.engine.run('twin', { image: 'registry.example/web:1' });
    await lab.run({ names: ['web'] });
    lab.engine.clock.advance(20 * hour);
    await lab.run({ names: ['twin'] });
    lab.engine.clock.advance(5 * hour);
    await lab.run();
    assert.ok(await lab.engine.inspectImage(old), 'the twin left it five hours ago');
    lab.engine.clock.advance(20 * hour);
    await lab.run();
    await assert.rejects(lab.engine.inspectImage(old));
  });

  test('what a rollback has left is spared likewise, and what it has gone back to is no candidate', async () => {
    const { policy, last } = watching();
    const { lab, old } = await updated({ settings: {}, plugins: [policy] });
    const { Image: bad } = await lab.engine.inspect('web');
    await lab.run({ force: true }, rollbackTo('web'));
    assert.equal((await lab.engine.inspect('web')).Image, old);
    await lab.run();
    assert.deepEqual(last(), []);
    lab.engine.clock.advance(25 * hour);
    await lab.run();
    assert.deepEqual(
      last().map(({ imageId }) => imageId),
      [bad],
    );
  });

  test('nothing is spared where nothing is remembered', async () => {
    const journal = memoryJournal();
    const lab = createLab({ plugins: [removing], journal });
    lab.behind('web');
    const { Image: old } = await lab.engine.inspect('web');
    await lab.run();
    await assert.rejects(lab.engine.inspectImage(old));
  });
});

describe('a policy is offered', () => {
  test('what every update has left behind, with all that is known of it', async () => {
    const { policy, last } = watching();
    const lab = createLab({ plugins: [policy], settings: atOnce });
    lab.registry.put('registry.example/web:1', { ...runs, created: '2026-01-01T00:00:00Z', bytes: 7 });
    lab.engine.run('web', { image: 'registry.example/web:1' });
    for (const version of ['2', '3']) {
      release(lab, version);
      await lab.run();
      lab.engine.clock.advance(hour);
    }
    const [first, second] = last();
    assert.equal(last().length, 2);
    assert.deepEqual(
      [first?.repositories, first?.bytes, first?.created, first?.replacedBy?.name],
      [['registry.example/web'], 7, '2026-01-01T00:00:00Z', 'web'],
    );
    assert.match(first?.references.join() ?? '', /^registry\.example\/web@sha256:[0-9a-f]{64}$/);
    assert.equal(Date.parse(second?.replacedAt ?? '') - Date.parse(first?.replacedAt ?? ''), hour);
  });

  test('what no update left and no tag names, as nobody’s', async () => {
    const { policy, last } = watching();
    const lab = createLab({ plugins: [policy], settings: atOnce });
    lab.registry.put('registry.example/stray:1', runs);
    await lab.engine.pull(`registry.example/stray@${await lab.registry.digest(stray)}`, {});
    lab.registry.put('registry.example/tagged:1', { ...runs, bytes: 3 });
    lab.engine.load('registry.example/tagged:1');
    await lab.run();
    assert.deepEqual(
      last().map(({ repositories, replacedAt, replacedBy }) => [repositories, replacedAt, replacedBy]),
      [[['registry.example/stray'], null, null]],
    );
  });

  test('nothing that was fetched for an update which waits', async () => {
    const { policy, last, times } = watching();
    const lab = createLab({ plugins: [policy, { beforeReplace: () => veto('later') }], settings: atOnce });
    lab.behind('web');
    await lab.run();
    assert.equal((await lab.engine.images()).length, 2);
    assert.deepEqual([last(), times()], [[], 0]);
  });

  test('an image that the container has left together with its tag, unless somebody uses that', async () => {
    const { policy, last, times } = watching();
    const lab = createLab({ plugins: [policy], settings: atOnce });
    lab.behind('web');
    const { Image: old } = await lab.engine.inspect('web');
    await lab.run();
    await lab.engine.tag(old, 'registry.example/web', '1');
    await lab.run();
    assert.equal(times(), 1, 'the container is still of that tag');
    const { Id } = await lab.engine.inspect('web');
    await lab.engine.stop(Id, { signal: null, graceSeconds: null });
    await lab.engine.remove(Id, { volumes: false });
    await lab.run();
    const candidate = last().find(({ imageId }) => imageId === old);
    assert.equal(candidate?.references[0], 'registry.example/web:1');
    await lab.engine.tag(old, 'mine', 'kept');
    await lab.run();
    assert.ok(
      last().every(({ imageId }) => imageId !== old),
      'another tag names it',
    );
  });

  test('a tag, unless some container was made with it whose own image it no longer names', async () => {
    for (const [made, isFree] of [
      ['registry.example/web:1', false],
      ['registry.example/web:0', true],
    ] as const) {
      const { policy, last } = watching();
      const { engine, registry, behind, run } = createLab({ plugins: [policy], settings: atOnce });
      behind('web');
      const { Image: old } = await engine.inspect('web');
      await run();
      registry.put('registry.example/web:0', { ...runs, labels: { made: 'earlier' } });
      engine.run('stranger', { image: made, config: { Labels: { 'belfry.enable': 'false' } } });
      registry.put(made, { ...runs, labels: { made: 'later' } });
      engine.load(made);
      await engine.tag(old, 'registry.example/web', '1');
      const { Id } = await engine.inspect('web');
      await engine.stop(Id, { signal: null, graceSeconds: null });
      await engine.remove(Id, { volumes: false });
      await run();
      assert.equal(
        last().some(({ imageId }) => imageId === old),
        isFree,
        made,
      );
    }
  });

  test('Belfry’s own old image after its own update', async () => {
    const { policy, last } = watching();
    const lab = createLab({ plugins: [policy], settings: atOnce });
    lab.behind('belfry');
    await lab.run(); // As the helper container does.
    assert.deepEqual(
      last().map(({ replacedBy }) => replacedBy?.name),
      ['belfry'],
    );
  });
});

describe('a cycle that replaces nothing', () => {
  const calls = (lab: Lab) => lab.engine.calls.map(({ method }) => method);

  test('asks the engine for nothing more, whatever is remembered', async () => {
    const { policy, times } = watching();
    const quiet = createLab({});
    const watched = createLab({ plugins: [policy], settings: atOnce });
    const counts = [];
    for (const lab of [quiet, watched]) {
      lab.behind('web');
      await lab.run();
      const before = calls(lab).length;
      await lab.run();
      counts.push(calls(lab).slice(before));
    }
    assert.deepEqual(counts[1], counts[0]);
    assert.equal(times(), 2);
  });

  test('asks no policy where there is nothing to remove', async () => {
    const { policy, times } = watching();
    const lab = createLab({ plugins: [policy], settings: atOnce });
    lab.registry.put('registry.example/web:1', runs);
    lab.engine.run('web', { image: 'registry.example/web:1' });
    await lab.run();
    assert.equal(times(), 0);
  });

  test('removes what a policy lets go later', async () => {
    let isTime = false;
    const policy: Wiring = { selectCleanup: (images) => remove(isTime ? images.map(({ imageId }) => imageId) : []) };
    const { lab, old, isThere } = await updated({ plugins: [policy] });
    assert.equal(isThere, true);
    isTime = true;
    await lab.run();
    await assert.rejects(lab.engine.inspectImage(old));
  });

  test('in a dry run, tells what it would remove and removes nothing', async () => {
    const { lab, old } = await updated({ settings: {} });
    lab.engine.clock.advance(25 * hour);
    const before = calls(lab).length;
    const { wouldRemove } = await lab.run({ dryRun: true });
    assert.deepEqual(
      wouldRemove.map(({ imageId }) => imageId),
      [old],
    );
    assert.ok(await lab.engine.inspectImage(old));
    assert.ok(!calls(lab).slice(before).includes('removeImage'));
    assert.deepEqual(lab.all('cleaned'), []);
  });
});

describe('an image that cannot be removed', () => {
  const failing = async (error: Error) => {
    const lab = createLab({ plugins: [removing], settings: atOnce });
    lab.behind('web');
    lab.engine.setFault(({ method }) => {
      if (method === 'removeImage') throw error;
    });
    await lab.run();
    await lab.run();
    return lab;
  };

  test('is told of once, however often it is tried again', async () => {
    const lab = await failing(new AppError('ENGINE_FORBIDDEN', 'the proxy refuses it'));
    assert.equal(lab.one('failed').phase, 'cleanup');
    assert.equal(lab.logged.filter((line) => /^warn .*the proxy refuses it/.test(line)).length, 1);
  });

  for (const code of ['ENGINE_CONFLICT', 'ENGINE_NOT_FOUND'] as const) {
    test(`because of somebody else (${code}) is no failure`, async () => {
      const lab = await failing(new AppError(code, 'someone was here'));
      assert.deepEqual([lab.all('failed'), lab.all('cleaned')], [[], []]);
    });
  }
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CleanupCandidate } from '../../core/decisions.ts';
import { remove, unhealthy, type Wiring } from '../../core/plugin.ts';
import { createLab, type LabOptions, runs } from './lab.ts';

const removing: Wiring = { selectCleanup: (images) => remove(images.map(({ imageId }) => imageId)) };

/** A lab with `web`, updated, whose policy proposes everything, and the image it ran before. */
async function updated(
  options: LabOptions = { plugins: [removing] },
  arrange: (lab: ReturnType<typeof createLab>) => void = () => {},
) {
  const lab = createLab(options);
  lab.behind('web');
  const { Image: old } = await lab.engine.inspect('web');
  arrange(lab);
  await lab.run();
  const images = (await lab.engine.images()).map(({ id }) => id);
  return { lab, old, isThere: images.includes(old) };
}

describe('the image that an update left behind', () => {
  test('stays where no policy is in force', async () => {
    assert.equal((await updated({})).isThere, true);
  });

  test('goes where a policy proposes it', async () => {
    const { lab, isThere } = await updated();
    assert.equal(isThere, false);
    const { images, bytes, workload } = lab.one('cleaned');
    assert.deepEqual([workload?.name, bytes, images.length], ['web', 0, 1]);
    assert.match(images[0] ?? '', /^registry\.example\/web@sha256:/);
  });

  test('FM60: stays as long as any container uses it, even one that never ran', async () => {
    const { lab, isThere } = await updated({ plugins: [removing] }, ({ engine, registry }) => {
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
    const { isThere } = await updated(
      { plugins: [removing] },
      ({ engine }) => void engine.tag('registry.example/web:1', 'mine', 'keep'),
    );
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
    const lab = createLab({ plugins: [removing] });
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
  const lab = createLab({ plugins: [removing] });
  lab.behind('web');
  lab.engine.setFault(({ method }) => {
    if (method === 'list' && lab.endings().length > 0) throw new Error('gone');
  });
  await lab.run();
  assert.deepEqual(lab.endings(), ['web recreated']);
  assert.equal(lab.one('failed').phase, 'cleanup');
  assert.equal(lab.one('finished').counts.recreated, 1);
});

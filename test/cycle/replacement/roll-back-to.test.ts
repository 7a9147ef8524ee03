import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runCycle } from '../../../core/cycle/cycle.ts';
import { rollbackTo } from '../../../core/cycle/replacement/roll-back-to.ts';
import { hasCode } from '../../../core/errors/app-error.ts';
import { createLab, runs } from '../lab.ts';

const reference = 'registry.example/web:1';

/** A lab with `web`, updated from 1.0.0 to 1.1.0. */
async function updated() {
  const lab = createLab();
  lab.behind('web', { labels: { mine: 'yes' } });
  await lab.run();
  return lab;
}

describe('a roll back that someone asks for', () => {
  test('is a replacement back to the image and the settings from before', async () => {
    const lab = await updated();
    await lab.run({ names: ['web'] }, rollbackTo('web'));
    const [update, back] = lab.all('recreated');
    assert.deepEqual([back?.from.version, back?.to.version, back?.rollback], ['1.1.0', '1.0.0', true]);
    const { Image, Config } = await lab.engine.inspect('web');
    assert.equal(Image, update?.from.imageId);
    assert.equal(Config.Labels?.mine, 'yes');
    assert.equal(Config.Image, reference);
    assert.deepEqual(lab.engine.names(), ['web']);
  });

  test('pulls the image again by its digest where it is gone', async () => {
    const lab = await updated();
    const [{ from }] = lab.all('recreated') as [ReturnType<typeof lab.one<'recreated'>>];
    await lab.engine.removeImage(from.imageId ?? '');
    await lab.run({ names: ['web'] }, rollbackTo('web'));
    assert.equal(lab.all('recreated').length, 2);
    const pulls = lab.engine.calls.filter(({ method }) => method === 'pull');
    assert.equal(pulls.at(-1)?.args[0], `registry.example/web@${from.digest}`);
  });

  test('counts against the image left behind, until there is a newer one', async () => {
    const lab = await updated();
    await lab.run({ names: ['web'] }, rollbackTo('web'));
    await lab.run();
    assert.equal(lab.endings().at(-1), 'web skipped DIGEST_REJECTED');
    const { reason } = lab.one('skipped');
    assert.equal(reason, 'this image was rolled back by hand; `belfry update --force web` takes it again');
    lab.registry.put(reference, { ...runs, bytes: 5 });
    await lab.run();
    assert.equal(lab.endings().at(-1), 'web recreated');
  });

  test('needs an update to undo, and a container that is watched', async () => {
    const lab = createLab();
    lab.behind('web');
    await assert.rejects(lab.run({ names: ['web'] }, rollbackTo('web')), (error) =>
      hasCode(error, 'NOTHING_TO_ROLL_BACK'),
    );
    await assert.rejects(lab.run({ names: ['app'] }, rollbackTo('app')), (error) => hasCode(error, 'WORKLOAD_UNKNOWN'));
    assert.deepEqual(lab.all('failed'), []);
  });

  test('FM73: is refused for the container that Belfry itself runs in, and for what is never updated', async () => {
    const lab = await updated();
    const { Id: id } = await lab.engine.inspect('web');
    const own = { id, obstacle: undefined, handOver: async () => undefined };
    const calls = lab.engine.calls.length;
    await runCycle({ ...lab.context({ names: ['web'] }), own }, rollbackTo('web'));
    assert.equal(lab.endings().at(-1), 'web skipped OWN_CONTAINER');
    lab.engine.pause('web');
    await lab.run({ names: ['web'] }, rollbackTo('web'));
    assert.equal(lab.endings().at(-1), 'web skipped STATE_UNSUITABLE');
    const changing = lab.engine.calls.slice(calls).filter(({ method }) => ['pull', 'tag', 'stop'].includes(method));
    assert.deepEqual(changing, []);
  });

  test('is refused where others hang on the container', async () => {
    const lab = await updated();
    lab.engine.run('app', { image: reference, hostConfig: { NetworkMode: 'container:web', AutoRemove: true } });
    await lab.run({ names: ['web'] }, rollbackTo('web'));
    assert.equal(lab.endings().at(-1), 'web skipped HAS_DEPENDANTS');
  });
});

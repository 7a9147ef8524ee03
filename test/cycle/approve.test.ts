import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { approve } from '../../core/cycle/approve.ts';
import { memoryJournal } from '../../core/journal/memory-journal.ts';
import { defer, type Plan } from '../../core/plugin.ts';
import { createLab, type Lab, type LabOptions, runs } from './lab.ts';

const problem = (code: string, message: RegExp) => ({ code, message });

/** `web` is behind, and waits for an approval. */
function waiting(options: LabOptions = {}): Lab {
  const beforeUpdate = ({ approval }: Plan) => (approval?.verdict === 'approved' ? undefined : defer('waits'));
  const lab = createLab({ plugins: [{ beforeUpdate }], ...options });
  lab.behind('web');
  return lab;
}

const say = (lab: Lab, name: string, verdict: 'approved' | 'denied' = 'approved') =>
  approve(lab.context({ names: [name] }), { name, verdict });

const release = (lab: Lab, version: string) =>
  lab.registry.put('registry.example/web:1', { ...runs, labels: { 'org.opencontainers.image.version': version } });

describe('an approval', () => {
  test('lets the next cycle apply what was found', async () => {
    const lab = waiting();
    await lab.run();
    const { from, to } = await say(lab, 'web');
    assert.deepEqual([from.version, to.version, to.digest], ['1.0.0', '1.1.0', lab.one('found').to.digest]);
    await lab.run();
    assert.deepEqual(lab.endings(), ['web skipped GATE_REFUSED', 'web recreated']);
  });

  test('is about what was found last, not about what the registry has had since; that needs a new word', async () => {
    const lab = waiting();
    await lab.run();
    release(lab, '1.2.0');
    assert.equal((await say(lab, 'web')).to.version, '1.1.0');
    await lab.run();
    assert.deepEqual(lab.endings(), ['web skipped GATE_REFUSED', 'web skipped GATE_REFUSED']);
    assert.equal((await say(lab, 'web')).to.version, '1.2.0');
    await lab.run();
    assert.equal(lab.endings().at(-1), 'web recreated');
  });

  test('asks the registry where no cycle has found anything, and states nothing', async () => {
    const lab = waiting();
    assert.equal((await say(lab, 'web')).to.version, '1.1.0');
    assert.deepEqual(lab.events, []);
    await lab.run();
    assert.deepEqual(lab.endings(), ['web recreated']);
  });

  test('asks the registry anew, whatever it said in the last cycle', async () => {
    const lab = waiting();
    release(lab, '1.0.0');
    await lab.run();
    assert.deepEqual(lab.endings(), ['web checked']);
    release(lab, '1.3.0');
    assert.equal((await say(lab, 'web')).to.version, '1.3.0');
  });

  test('is nothing to give where there is no newer image', async () => {
    const lab = waiting();
    await lab.run();
    await say(lab, 'web');
    await lab.run();
    await assert.rejects(say(lab, 'web'), problem('NOTHING_TO_APPROVE', /^web is up to date$/));
    const Labels = { 'com.docker.swarm.task.id': 'x' };
    lab.engine.run('task', { image: 'registry.example/web:1', config: { Labels } });
    await assert.rejects(say(lab, 'task'), problem('NOTHING_TO_APPROVE', /^task cannot be updated: it is a task of a/));
  });

  test('needs a container that is watched, by its whole name', async () => {
    const lab = waiting({ settings: { disableContainers: ['db'] } });
    lab.behind('db');
    await assert.rejects(say(lab, 'nobody'), problem('WORKLOAD_UNKNOWN', /^no container is named nobody$/));
    for (const name of ['db', 'w.b']) {
      await assert.rejects(say(lab, name), problem('WORKLOAD_UNKNOWN', /is not among the watched containers$/));
    }
  });

  test('needs a place where it is remembered', async () => {
    const lab = waiting({ journal: memoryJournal() });
    await assert.rejects(say(lab, 'web'), problem('STATE_UNWRITABLE', /no state folder/));
  });
});

describe('a denial', () => {
  test('keeps this very image away, also where nothing waits for approvals and someone insists', async () => {
    const lab = waiting({ plugins: [] });
    await say(lab, 'web', 'denied');
    await lab.run({ force: true });
    assert.deepEqual(lab.endings(), ['web skipped DENIED']);
    assert.equal(lab.one('skipped').reason, '`belfry deny` said no to this image at 2026-01-01T00:00:00.000Z');
    release(lab, '1.2.0');
    await lab.run();
    assert.equal(lab.endings().at(-1), 'web recreated');
  });

  test('is taken back by an approval, and an approval by a denial', async () => {
    const lab = waiting();
    await say(lab, 'web', 'denied');
    await say(lab, 'web');
    await say(lab, 'web', 'denied');
    await lab.run();
    await say(lab, 'web');
    await lab.run();
    assert.deepEqual(lab.endings(), ['web skipped DENIED', 'web recreated']);
  });
});

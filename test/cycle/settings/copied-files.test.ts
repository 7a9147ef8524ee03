import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HostConfig } from '../../../core/engine/port.ts';
import { AppError } from '../../../core/errors/app-error.ts';
import { createLab, type Lab } from '../lab.ts';

const composed = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' };

interface Case {
  readonly labels?: Readonly<Record<string, string>>;
  readonly hostConfig?: HostConfig;
}

/** A container behind its image, created and started at a whole second of the lab's clock. */
function behind({ labels = composed, hostConfig = {} }: Case = {}): Lab {
  const lab = createLab();
  lab.behind('web', { labels, hostConfig });
  return lab;
}

const fileIn = (lab: Lab, path: string) => lab.engine.fileFacts('web', path);

describe('FM34: what Compose copied into a container', () => {
  test('goes along with its mode, also through further updates', async () => {
    const lab = behind();
    lab.engine.write('web', '/app.conf', { content: 'listen 80', mode: 0o440 });
    for (const version of ['2', '3', '4']) {
      lab.engine.clock.advance(3_600_000);
      lab.registry.put('registry.example/web:1', { config: { Cmd: ['serve', version] } });
      await lab.run();
      assert.deepEqual(lab.endings().at(-1), 'web recreated');
      const facts = await fileIn(lab, '/app.conf');
      assert.deepEqual([facts?.size, facts?.mode], [9, 0o440]);
    }
  });

  test('is told apart from what the program wrote', async () => {
    const lab = behind();
    const now = lab.engine.clock.now();
    lab.engine.write('web', '/run/secrets/key', { content: 'given' });
    lab.engine.write('web', '/cache', { content: 'written', modified: now + 1234 });
    lab.engine.write('web', '/unpacked-later', { content: 'written', modified: now + 60_000 });
    lab.engine.write('web', '/older-than-it', { content: 'written', modified: now - 60_000 });
    const { previews } = await lab.run({ dryRun: true });
    assert.deepEqual(previews[0]?.files, ['/run/secrets/key']);
    await lab.run();
    assert.notEqual(await fileIn(lab, '/run/secrets/key'), null);
    assert.equal(await fileIn(lab, '/cache'), null);
  });

  test('is not looked for in mounts, nor where Compose had no part', async () => {
    const mounted = behind({ hostConfig: { Binds: ['data:/data'], Tmpfs: { '/run': '' } } });
    mounted.engine.write('web', '/data/file', { content: 'x' });
    mounted.engine.write('web', '/run/file', { content: 'x' });
    assert.deepEqual((await mounted.run({ dryRun: true })).previews[0]?.files, []);
    const plain = behind({ labels: {} });
    plain.engine.write('web', '/file', { content: 'x' });
    await plain.run();
    assert.ok(!plain.engine.calls.some(({ method }) => method === 'changes'));
  });

  const hindrances: Readonly<Record<string, (lab: Lab) => void>> = {
    'the engine refuses to show the layer': (lab) =>
      lab.engine.setFault(({ method }) => {
        if (method === 'changes') throw new AppError('ENGINE_FORBIDDEN', 'not for you');
      }),
    'the copy fails': (lab) =>
      lab.engine.setFault(({ method }) => {
        if (method === 'copyFile') throw new AppError('ENGINE_FAILED', 'broken');
      }),
    'too many files look like it': (lab) => {
      for (let at = 0; at < 60; at += 1) lab.engine.write('web', `/file-${at}`, { content: 'x' });
    },
  };
  for (const [what, hinder] of Object.entries(hindrances)) {
    test(`keeps the container as it is where ${what}`, async () => {
      const lab = behind();
      lab.engine.write('web', '/app.conf', { content: 'listen 80' });
      const { Id } = await lab.engine.inspect('web');
      hinder(lab);
      await lab.run();
      lab.engine.setFault(undefined);
      assert.deepEqual(lab.endings(), ['web skipped FILES_NOT_CARRIED']);
      const { Id: still, State } = await lab.engine.inspect('web');
      assert.deepEqual([still, State.Running, lab.engine.names()], [Id, true, ['web']]);
    });
  }

  test('keeps a --rm container as it is: a rollback could not bring the files back', async () => {
    const lab = behind({ hostConfig: { AutoRemove: true } });
    lab.engine.write('web', '/app.conf', { content: 'listen 80' });
    await lab.run();
    assert.deepEqual(lab.endings(), ['web skipped FILES_NOT_CARRIED']);
  });
});

describe('FM31: a large layer', () => {
  test('is named in a dry run with its biggest files, and hinders no update', async () => {
    const lab = behind({ labels: {} });
    lab.engine.write('web', '/big', { content: 'x'.repeat(12_000_000) });
    lab.engine.write('web', '/var/small', { content: 'x' });
    const { previews } = await lab.run({ dryRun: true });
    const [words] = previews[0]?.notPreserved ?? [];
    assert.match(
      words ?? '',
      /^12\.0 MB in its own layer, outside every volume \(\/big 12\.0 MB, \/var\/small 0\.0 MB\)$/,
    );
    await lab.run();
    assert.equal(lab.endings().at(-1), 'web recreated');
  });

  test('is no word worth where it is small', async () => {
    const lab = behind({ labels: {} });
    lab.engine.write('web', '/small', { content: 'x' });
    assert.deepEqual((await lab.run({ dryRun: true })).previews[0]?.notPreserved, []);
  });
});

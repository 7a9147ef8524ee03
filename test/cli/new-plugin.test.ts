import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { pluginKinds } from '../../core/cli/commands.ts';
import { newPlugin, spaced, writeNew } from '../../core/cli/new-plugin.ts';
import { hasCode } from '../../core/errors/app-error.ts';
import { withBlock } from '../generated/plugin-page.ts';

const folder = mkdtempSync(join(tmpdir(), 'belfry-new-'));
after(() => rmSync(folder, { recursive: true }));

describe('a new plugin', () => {
  for (const kind of pluginKinds) {
    test(`that is a ${kind} bears its name, and its test tests it`, () => {
      const { files, use } = newPlugin({ name: 'quiet-hours', kind, form: 'file' });
      assert.deepEqual(Object.keys(files), ['quiet-hours.mts', 'quiet-hours.test.mts']);
      assert.match(files['quiet-hours.mts'] ?? '', /name: 'quiet-hours',/);
      assert.match(files['quiet-hours.test.mts'] ?? '', /from '\.\/quiet-hours\.mts';/);
      assert.equal(use.use, './quiet-hours.mts');
      assert.doesNotMatch(Object.values(files).join(), /my-plugin/);
    });
  }

  test('that is a package says of itself what npm must know', () => {
    const { files, use } = newPlugin({ name: 'quiet-hours', kind: 'gate', form: 'package' });
    const { name, description, exports } = JSON.parse(files['belfry-plugin-quiet-hours/package.json'] ?? '');
    assert.deepEqual(
      [use.use, name, exports],
      ['belfry-plugin-quiet-hours', 'belfry-plugin-quiet-hours', './index.mts'],
    );
    assert.equal(description, 'Allows updates only between two hours of the day.');
    const readme = files['belfry-plugin-quiet-hours/README.md'] ?? '';
    assert.ok(readme.includes(`[${spaced(use)}]`), readme);
    assert.doesNotMatch(Object.values(files).join(), /my-plugin|SUMMARY|CONFIG|VERSION/);
  });

  test('that is a package is checked with the tools that Belfry itself is', () => {
    const { files } = newPlugin({ name: 'quiet-hours', kind: 'gate', form: 'package' });
    const { devDependencies } = JSON.parse(files['belfry-plugin-quiet-hours/package.json'] ?? '');
    const own = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).devDependencies;
    assert.deepEqual(devDependencies, { '@types/node': own['@types/node'], typescript: own.typescript });
  });

  test('that is a package may be named as npm will know it', () => {
    const { files } = newPlugin({ name: 'belfry-plugin-quiet-hours', kind: 'gate', form: 'package' });
    assert.deepEqual(files, newPlugin({ name: 'quiet-hours', kind: 'gate', form: 'package' }).files);
    assert.throws(
      () => newPlugin({ name: 'belfry-plugin-', kind: 'gate', form: 'package' }),
      /is no name for a plugin/,
    );
  });

  test('of Belfry’s own has its README and test where the others have theirs', () => {
    const { files } = newPlugin({ name: 'quiet-hours', kind: 'notifier', form: 'built-in' });
    const [index, readme, own] = Object.keys(files);
    assert.deepEqual(
      [index, readme, own],
      ['plugins/quiet-hours/index.ts', 'plugins/quiet-hours/README.md', 'test/plugins/quiet-hours.test.ts'],
    );
    assert.match(files[own ?? ''] ?? '', /from '\.\.\/\.\.\/plugins\/quiet-hours\/index\.ts';/);
    const text = files[readme ?? ''] ?? '';
    assert.ok(withBlock({ path: 'README.md', text, name: 'config' }, 'A table.').includes('A table.'));
  });

  test('overwrites nothing, and leaves nothing half written', () => {
    writeFileSync(join(folder, 'mine.test.mts'), 'my own');
    const { files } = newPlugin({ name: 'mine', kind: 'hook', form: 'file' });
    assert.throws(
      () => writeNew(folder, files),
      (error) => hasCode(error, 'PLUGIN_EXISTS') && error.message === 'already there: mine.test.mts',
    );
    assert.equal(readFileSync(join(folder, 'mine.test.mts'), 'utf8'), 'my own');
    assert.throws(() => readFileSync(join(folder, 'mine.mts')), /ENOENT/);
  });

  test('has a name that a plugin may have, and none that leads elsewhere', () => {
    for (const name of ['Mine', 'my plugin', '../mine', '/etc/mine', '1st', '']) {
      assert.throws(
        () => newPlugin({ name, kind: 'gate', form: 'file' }),
        (error) => hasCode(error, 'ARGUMENT_UNEXPECTED'),
        name,
      );
    }
  });
});

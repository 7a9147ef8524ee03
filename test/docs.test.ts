import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { commandNames } from '../core/cli/commands.ts';
import { decisionNames } from '../core/decisions.ts';
import { catalogue } from '../core/errors/catalogue.ts';
import { eventTypes } from '../core/events.ts';
import { builtInNames } from '../core/paths.ts';

const root = new URL('..', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

describe('the documentation', () => {
  test('has a row for every error code, with its meaning and hint, and for nothing else', () => {
    const rows = Object.entries(catalogue).map(([code, { blame, meaning, hint }]) =>
      [`\`${code}\``, blame, meaning, hint].join(' | '),
    );
    assert.deepEqual(rowsOf(read('docs/errors.md'), 'code'), rows);
  });

  test('has a row for every event and for nothing else', () => {
    assert.deepEqual(firstCells(read('README.md'), 'event'), eventTypes.map(quoted).toSorted());
  });

  test('has a row for every decision and for nothing else', () => {
    assert.deepEqual(firstCells(read('README.md'), 'decision'), decisionNames.map(quoted).toSorted());
  });

  test('names every command', () => {
    const readme = read('README.md');
    const silent = new Set(['watch', 'help', 'version', 'config schema']);
    for (const name of commandNames) assert.ok(silent.has(name) || readme.includes(`belfry ${name}`), name);
  });

  test('has a page for every built-in plugin, and the README leads to it', () => {
    for (const name of builtInNames()) {
      assert.ok(existsSync(new URL(`plugins/${name}/README.md`, root)), name);
      assert.ok(read('README.md').includes(`plugins/${name}/README.md`), name);
    }
  });

  test('links only to files that exist', () => {
    const pages = ['README.md', ...readdirSync(new URL('docs/', root)).map((file) => `docs/${file}`)];
    for (const page of pages) {
      for (const [, target = ''] of read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
        assert.ok(existsSync(new URL(target, new URL(page, root))), `${page} leads to ${target}`);
      }
    }
  });
});

/** The cells of the table whose first heading is `heading`, joined again. */
function rowsOf(page: string, heading: string): readonly string[] {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  assert.notEqual(start, -1, `there is a table of ${heading}`);
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  return lines.slice(start + 2, start + (length === -1 ? lines.length : length)).map((line) => line.slice(2, -2));
}

function firstCells(page: string, heading: string): readonly string[] {
  return rowsOf(page, heading)
    .map((row) => row.split(' | ')[0] ?? '')
    .toSorted();
}

function quoted(name: string): string {
  return `\`${name}\``;
}

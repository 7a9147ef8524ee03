import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { commandNames } from '../../core/cli/commands.ts';
import { type Decision, type DecisionRules, decisionNames, decisions } from '../../core/decisions.ts';
import { catalogue } from '../../core/errors/catalogue.ts';
import { type EventType, eventTypes } from '../../core/events.ts';
import { notifierParts } from '../../core/notifier/faults.ts';
import { builtInNames } from '../../core/paths.ts';
import { carried } from '../generated/plugin-guide.ts';
import { differences, pages, quoted, read, root, rowsOf } from './pages.ts';

const cell = (path: string, heading: string) => rowsOf(path, heading).map(([first = '']) => first);

describe('the documentation', () => {
  test('has a row for every error code, with its meaning and hint, in order, and for nothing else', () => {
    const expected = Object.entries(catalogue).map(([code, { blame, meaning, hint }]) =>
      [quoted(code), blame, meaning, hint].join(' | '),
    );
    const rows = rowsOf('docs/errors.md', 'code').map((cells) => cells.join(' | '));
    assert.deepEqual(differences('docs/errors.md', rows, expected), []);
    assert.deepEqual(rows, expected);
  });

  test('has a row for every event, which names all that it carries, and for nothing else', () => {
    assert.deepEqual(differences('README.md', cell('README.md', 'event'), eventTypes.map(quoted)), []);
    for (const cells of rowsOf('README.md', 'event')) {
      const type = cells[0]?.slice(1, -1) as EventType;
      const missing = Object.keys(carried[type].keys).filter((key) => !cells[2]?.includes(quoted(key)));
      assert.deepEqual(missing, [], `README.md: the row of ${type} does not name what it carries`);
    }
  });

  test('has a row for every decision, as it is run, and for nothing else', () => {
    assert.deepEqual(differences('README.md', cell('README.md', 'decision'), decisionNames.map(quoted)), []);
    for (const cells of rowsOf('README.md', 'decision')) {
      const decision = cells[0]?.slice(1, -1) as Decision;
      const { verdicts, inDryRun }: DecisionRules = decisions[decision];
      const told = [cells[2], cells[5]];
      const expected = [verdicts.length === 0 ? '–' : verdicts.join(', '), inDryRun ? 'yes' : 'no'];
      assert.deepEqual(told, expected, `README.md: the row of ${decision}`);
    }
  });

  test('says of all that a channel may state what it is, and of nothing else', () => {
    const told = cell('docs/notifications.md', 'part').flatMap((parts) => parts.split(/, | or /));
    assert.deepEqual(told.toSorted(), notifierParts.map(quoted).toSorted());
  });

  test('names every command', () => {
    const readme = read('README.md');
    const silent = new Set(['watch', 'help', 'version', 'config schema']);
    for (const name of commandNames) {
      assert.ok(silent.has(name) || readme.includes(`belfry ${name}`), `README.md does not name belfry ${name}`);
    }
  });

  test('has a page for every built-in plugin, and the README leads to it', () => {
    for (const name of builtInNames()) {
      const path = `plugins/${name}/README.md`;
      assert.ok(existsSync(new URL(path, root)), `${path} is missing`);
      assert.ok(read('README.md').includes(`(${path})`), `README.md lacks a row that leads to ${path}`);
    }
  });

  test('begins its guide with the plugin and the test that are known to work', () => {
    const [plugin, own] = [...read('plugins/README.md').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
    assert.equal(plugin, read('test/fixtures/outside/gate.mts'));
    assert.equal(own, read('test/fixtures/outside/gate.test.mts'));
  });

  for (const page of pages) {
    test(`leads from ${page} only to what exists`, () => {
      for (const [, target = '', anchor] of read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
        const path = target === '' ? page : new URL(target, new URL(page, root)).href.slice(root.href.length);
        assert.ok(existsSync(new URL(path, root)), `${page} leads to ${target}`);
        if (anchor !== undefined) assert.ok(anchorsOf(path).includes(anchor), `${page} leads to ${target}#${anchor}`);
      }
    });
  }
});

/** The headings of a page, as links name them. */
function anchorsOf(path: string): readonly string[] {
  const headings = read(path).matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

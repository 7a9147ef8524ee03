import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { namedTests } from './failure-modes/named-tests.ts';
import { hasReason, page, readRows, refreshed } from './failure-modes/table.ts';

const known = Array.from({ length: 85 }, (_, at) => `FM${at + 1}`);

describe('the page of failure modes', () => {
  test('has every id once and in order, each with its story', () => {
    const rows = readRows();
    assert.deepEqual(
      rows.map(({ id }) => id),
      known,
    );
    for (const { id, story } of rows) assert.match(story, /^["A-Z\d].*\S\.$/, id);
  });

  test('has a test or a reason for every id', () => {
    const named = new Set(namedTests().flatMap(({ ids }) => ids));
    const open = readRows().filter((row) => !hasReason(row) && !named.has(row.id));
    const ids = open.map(({ id }) => id);
    assert.deepEqual(ids, [], 'without a test and without a reason');
  });

  test('gives no reason why something that has a test cannot happen', () => {
    const named = new Set(namedTests().flatMap(({ ids }) => ids));
    const doubled = readRows().filter((row) => hasReason(row) && named.has(row.id));
    assert.deepEqual(
      doubled.map(({ id }) => id),
      [],
    );
  });

  test('names every test that begins with an id, in its file, and no other', () => {
    const text = readFileSync(page, 'utf8');
    assert.equal(text, refreshed(text), 'run: node --import tsx test/failure-modes/write.ts');
    const linked = [...text.matchAll(/\]\(\.\.\/(test\/[^)]+)\)/g)].map(([, path = '']) => path);
    for (const path of linked) assert.ok(existsSync(new URL(`../${path}`, import.meta.url)), path);
  });

  test('knows the ids of all tests', () => {
    const unknown = namedTests().filter(({ ids }) => ids.some((id) => !known.includes(id)));
    assert.deepEqual(unknown, []);
  });
});

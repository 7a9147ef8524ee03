import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readRows } from '../../../core/engine/docker/rows.ts';

async function* inChunks(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const rowsOf = (text: string, size = 7) => readRows(inChunks(text, size), (row) => row);

describe('a list of the engine', () => {
  test('has the same rows as its JSON, whatever they hold and wherever the chunks end', async () => {
    const list = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()));
    await fc.assert(
      fc.asyncProperty(list, fc.nat(40), fc.nat(2), async (rows, size, indent) => {
        const text = JSON.stringify(rows, undefined, indent);
        assert.deepEqual(await rowsOf(text, size + 1), JSON.parse(text));
      }),
    );
  });

  test('may hold brackets, quotes and backslashes in its strings', async () => {
    const rows = [{ a: '}]{[' }, { b: '\\' }, { c: '"}' }, { d: ['ü', { e: '\\"' }] }];
    for (const size of [1, 2, 3, 5, 1000]) assert.deepEqual(await rowsOf(JSON.stringify(rows), size), rows);
  });

  test('that is none, or breaks off, is refused', async () => {
    const wrong = ['', 'null', '{}', '{"a":[{}]}', '[1]', '[{}', '[{}]x', '[{}{}]', '[{"a":}]', '[[]]', 'no', '"[]"'];
    for (const text of wrong) await assert.rejects(rowsOf(text), { code: 'ENGINE_ANSWER_INVALID' }, text);
  });
});

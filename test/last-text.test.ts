import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lastText } from '../core/last-text.ts';

test('the last bytes of a text are its end, at most so many, and never part of a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 4, max: 40 }), (text, limit) => {
      const last = lastText(Buffer.from(text), limit);
      assert.ok(text.endsWith(last));
      const bytes = Buffer.byteLength(last);
      assert.ok(bytes <= limit && bytes >= Math.min(Buffer.byteLength(text), limit - 3), `${bytes}`);
    }),
  );
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { generated, root } from './files.ts';

for (const { path, text } of generated) {
  test(`${path} is what its sources make it`, async () => {
    const expected = await text();
    assert.equal(readFileSync(new URL(path, root), 'utf8'), expected, `${path} is stale: run \`npm run generate\``);
  });
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { generatedFiles, root } from './generated/files.ts';

for (const [path, text] of await generatedFiles()) {
  test(`${path} is what its sources make it`, () => {
    assert.equal(readFileSync(new URL(path, root), 'utf8'), text, `${path} is stale: run \`npm run generate\``);
  });
}

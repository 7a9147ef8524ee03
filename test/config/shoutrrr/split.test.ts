import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { addressesFrom, fromFile, splitAddresses } from '../../../core/config/shoutrrr/split.ts';

describe('several addresses in one value', () => {
  for (const [text, ...parts] of [
    ['a://1', 'a://1'],
    ['a://1 b://2\n\tc://3', 'a://1', 'b://2', 'c://3'],
    ['a://1,b://2,', 'a://1', 'b://2'],
    ['telegram://t@telegram?chats=@a,@b,generic+https://x', 'telegram://t@telegram?chats=@a,@b', 'generic+https://x'],
    ['ntfy://h/t?actions=view,Open,https://x b://2', 'ntfy://h/t?actions=view,Open,https://x', 'b://2'],
  ] as const) {
    test(`are ${parts.length}: ${JSON.stringify(text)}`, () => assert.deepEqual(splitAddresses(text), parts));
  }
});

test('a value that is the path of a file stands for what is in it', async (t) => {
  const folder = await mkdtemp('/tmp/belfry-split-');
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'urls');
  await writeFile(path, '# for the team\n\nslack://a \n  ntfy://b\n');
  assert.deepEqual(addressesFrom(path, '/'), ['slack://a', 'ntfy://b']);
  assert.deepEqual(addressesFrom('urls', folder), ['slack://a', 'ntfy://b']);
  assert.deepEqual(addressesFrom('slack://a', folder), ['slack://a']);
  assert.deepEqual(addressesFrom(folder, '/'), [folder]);
  await writeFile(path, 'token\n');
  assert.equal(fromFile('urls', folder), 'token');
  assert.equal(fromFile('Atoken', folder), 'Atoken');
});

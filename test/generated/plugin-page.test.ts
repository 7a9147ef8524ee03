import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { definePlugin, z } from 'belfry/plugin';
import { pluginPage } from './plugin-page.ts';

const plugin = definePlugin({
  name: 'mine',
  apiVersion: 1,
  summary: 'Mine.',
  config: z.strictObject({ hours: z.int().default(3).describe('How long.') }),
  labels: { 'cooldown-delay': 'How long it waits.', 'page.who': 'Whom to call.' },
  setup: () => ({}),
});
const page = (text: string) => pluginPage('plugins/mine/README.md', text, plugin);
const marked =
  '# mine\n\n<!-- config -->\n\nold\n\n<!-- /config -->\n\nBetween.\n\n<!-- labels --><!-- /labels -->\nEnd.\n';

describe('the README of a plugin', () => {
  test('gets the tables of settings and labels between its marks, and nothing else', () => {
    const expected = [
      '# mine\n\n<!-- config -->\n',
      '| setting | is | default | meaning |\n| --- | --- | --- | --- |',
      '| `hours` | whole number | `3` | How long. |\n',
      '<!-- /config -->\n\nBetween.\n\n<!-- labels -->\n',
      '| label | meaning |\n| --- | --- |',
      '| `belfry.cooldown-delay`, `com.centurylinklabs.watchtower.cooldown-delay` | How long it waits. |',
      '| `belfry.page.who` | Whom to call. |\n',
      '<!-- /labels -->\nEnd.\n',
    ].join('\n');
    assert.equal(page(marked), expected);
    assert.equal(page(expected), expected);
  });

  test('says where the marks belong that it lacks', () => {
    for (const [text, name] of [
      ['# mine', 'config'],
      ['# mine\n<!-- config -->\n<!-- /config -->', 'labels'],
    ] as const) {
      const expected = new RegExp(`README\\.md: write <!-- ${name} --> and below it <!-- /${name} --> where`);
      assert.throws(() => page(text), expected);
    }
  });
});

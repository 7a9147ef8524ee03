import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { commandNames } from '../../core/cli/commands.ts';
import { accepts, flags } from '../../core/cli/flags.ts';
import { helpText } from '../../core/cli/help.ts';

describe('help', () => {
  for (const topic of ['', 'config', ...commandNames]) {
    test(`of ${topic || 'everything'} fits 80 columns, without trailing space`, () => {
      for (const line of helpText(topic).split('\n')) {
        assert.ok([...line].length <= 80, line);
        assert.equal(line, line.trimEnd());
      }
    });
  }

  test('lists every command', () => {
    for (const name of commandNames) assert.match(helpText(), new RegExp(`^  ${name} `, 'm'));
  });

  test('of a command lists every flag it takes, Watchtower’s own aside', () => {
    for (const name of commandNames) {
      for (const flag of flags) {
        const listed = new RegExp(`--${flag.name}( |$)`, 'm').test(helpText(name));
        const shown = commandNames.filter((one) => one === name || one.startsWith(`${name} `));
        const taken = flag.is !== 'foreign' && shown.some((one) => accepts(one, flag));
        assert.equal(listed, taken, `${name} --${flag.name}`);
      }
    }
  });

  test('of a group shows all its commands', () => {
    assert.match(helpText('config'), /belfry config check[\s\S]*belfry config schema/);
  });
});

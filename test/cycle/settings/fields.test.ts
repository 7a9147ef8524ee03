import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { type Field, fieldAt, fields } from '../../../core/cycle/settings/fields.ts';
import { hostConfigDefaults } from '../../kit/fake-engine/host-config.ts';

const page = readFileSync(new URL('../../../docs/settings.md', import.meta.url), 'utf8');

describe('the table of settings', () => {
  test('is the one that docs/settings.md shows, row by row', () => {
    const shown = page.split('\n').filter((line) => line.startsWith('| `'));
    assert.deepEqual(shown, fields.map(rowOf));
  });

  test('has each setting once', () => {
    const names = fields.flatMap((field) => field.names.map((name) => `${field.in}.${name}`));
    assert.deepEqual(names, [...new Set(names)]);
  });

  test('FM38: knows every field of the host’s part that an engine shows', () => {
    const unknown = Object.keys(hostConfigDefaults).filter((name) => fieldAt('HostConfig', name) === undefined);
    assert.deepEqual(unknown, []);
  });
});

function rowOf({ in: place, names, carried, compared, since = '', needs = '', why }: Field): string {
  const all = names.map((name) => `\`${place}.${name}\``).join(' ');
  return `| ${[all, carried, compared, since, needs, why].map((cell) => (cell === '' ? '–' : cell)).join(' | ')} |`;
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { defaultText } from '../../core/cli/help.ts';
import { otherVariables } from '../../core/config/environment.ts';
import { flagOf, type Label, labels, type Setting, settings, variableOf } from '../../core/config/table.ts';
import { otherLabels } from '../../core/config/unread-labels.ts';
import { type Foreign, foreignNames } from '../../core/config/watchtower.ts';

const path = new URL('../../docs/configuration.md', import.meta.url);
const code = (text: string | undefined | null) => (text === undefined || text === null ? [] : [`\`${text}\``]);
const row = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const dashes = (flag: string | undefined | null) => (flag === undefined || flag === null ? null : `--${flag}`);
const dash = (short: string | undefined) => (short === undefined ? null : `-${short}`);

/** The lines that docs/configuration.md must hold, and the only table lines that it may. */
const expected = [
  ...settings.map(settingRow),
  ...[...labels, ...otherLabels].map(labelRow),
  ...otherVariables.map(({ name, summary }) => row(`\`${name}\``, summary)),
  ...settings.flatMap(acceptedRows),
  ...foreignNames.map(foreignRow),
];

describe('docs/configuration.md', () => {
  const rows = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));

  test('has every setting, every label and every name of Watchtower', () => {
    const missing = expected.filter((line) => !rows.includes(line));
    assert.equal(missing.join('\n'), '', 'docs/configuration.md lacks these lines');
  });

  test('has nothing that does not exist', () => {
    const surplus = rows.filter((line) => !expected.includes(line));
    assert.equal(surplus.join('\n'), '', 'these lines of docs/configuration.md tell of nothing');
  });
});

function settingRow(setting: Setting): string {
  const flags = [...code(dashes(flagOf(setting))), ...code(dash(setting.short))].join(' ') || '`NAME…`';
  const label = labels.find((one: Label) => one.setting === setting.key);
  return row(
    `\`${setting.key}\``,
    flags,
    `\`${variableOf(setting)}\``,
    code(label?.suffix).join(''),
    code(defaultText(setting) || undefined).join(''),
    setting.summary,
  );
}

function labelRow({ suffix, own, summary }: Omit<Label, 'kind'>): string {
  return row(`\`belfry.${suffix}\``, own === true ? '' : `\`com.centurylinklabs.watchtower.${suffix}\``, summary);
}

function acceptedRows(setting: Setting): readonly string[] {
  return (setting.aliases ?? []).map((alias) => {
    const plain = alias.means === undefined;
    const names = [
      ...code(dashes(alias.flag ?? (plain ? flagOf(setting) : null))),
      ...code(dash(alias.short ?? (plain ? setting.short : undefined))),
      ...code(alias.variable),
    ];
    const value = alias.means === undefined ? '' : ` = \`${alias.means.true}\``;
    return row(names.join(' '), 'accepted', `\`${setting.key}\`${value}`);
  });
}

function foreignRow({ flag, short, variable, answer, why, unless }: Foreign): string {
  const names = [...code(dashes(flag)), ...code(dash(short)), ...code(variable)].join(' ');
  const softened = unless === undefined ? why : `${why} Ignored beside \`--${unless}\`.`;
  return row(names, answer, softened.charAt(0).toUpperCase() + softened.slice(1));
}

import { flagOf, type Setting, type SettingKey, settings } from '../config/table.ts';
import { kinds } from '../config/values.ts';
import { type Foreign, foreignNames } from '../config/watchtower.ts';
import { type CommandName, commandNames, commands, type Option, type OptionKey, options } from './commands.ts';

/** One flag of the command line, and what it is there for. */
export type Flag = { readonly name: string; readonly short?: string | undefined; readonly takesValue: boolean } & (
  | { readonly is: 'option'; readonly key: OptionKey; readonly option: Option }
  | { readonly is: 'setting'; readonly setting: Setting & { readonly key: SettingKey }; readonly alias?: Alias }
  | { readonly is: 'foreign'; readonly row: Foreign }
);

type Alias = NonNullable<Setting['aliases']>[number];

/** Every flag of every command, Watchtower's among them. */
export const flags: readonly Flag[] = [
  ...(Object.entries(options) as readonly [OptionKey, Option][]).map(
    ([key, option]): Flag => ({
      is: 'option',
      key,
      option,
      name: option.flag,
      short: option.short,
      takesValue: option.kind !== 'boolean',
    }),
  ),
  ...settings.flatMap((setting): Flag[] => {
    const name = flagOf(setting);
    const takesValue = setting.kind !== 'boolean';
    const own: Flag[] = name === null ? [] : [{ is: 'setting', setting, name, short: setting.short, takesValue }];
    const aliases = (setting.aliases ?? []).flatMap((alias): Flag[] => {
      const { flag, short, means } = alias;
      if (flag === undefined) return [];
      return [{ is: 'setting', setting, alias, name: flag, short, takesValue: takesValue && means === undefined }];
    });
    return [...own, ...aliases];
  }),
  ...foreignNames.flatMap((row): Flag[] =>
    row.flag === null
      ? []
      : [{ is: 'foreign', row, name: row.flag, short: row.short, takesValue: row.takes === 'value' }],
  ),
];

/** Settings that every command takes. */
const general = new Set<Setting['section']>(['engine', 'state', 'notification', 'output']);
/** Each scope has a journal of its own: which one is read hangs on it. */
const isGeneral = ({ section, key }: Setting) => general.has(section) || key === 'scope';

/** Whether a command takes a flag. */
export function accepts(command: CommandName, flag: Flag): boolean {
  const row = commands[command];
  if (flag.is === 'option') return flag.option.global === true || row.options.some((key) => key === flag.key);
  return row.settings === 'all' || (flag.is === 'setting' && isGeneral(flag.setting));
}

/** The commands that take a flag, for hints. */
export function commandsWith(flag: Flag): readonly CommandName[] {
  return commandNames.filter((command) => accepts(command, flag));
}

/** What stands for a flag's value in help; empty for one without. */
export function placeholderOf(flag: Flag): string {
  if (!flag.takesValue || flag.is === 'foreign') return '';
  if (flag.is === 'setting') return kinds[flag.setting.kind].placeholder;
  return { boolean: '', integer: 'NUMBER', moment: 'WHEN', path: 'PATH', choice: 'KIND' }[flag.option.kind];
}

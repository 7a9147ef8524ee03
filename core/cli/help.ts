import { formatDuration } from '../config/duration.ts';
import type { Setting } from '../config/table.ts';
import { type CommandName, commandNames, commands } from './commands.ts';
import { accepts, type Flag, flags, placeholderOf } from './flags.ts';

const width = 80;
const column = 30;

/** The help of one command or group of commands, or of all where `topic` is empty. Fits 80 columns. */
export function helpText(topic = ''): string {
  const names = commandNames.filter((name) => name === topic || name.startsWith(`${topic} `));
  const lines = topic === '' || names.length === 0 ? overview() : names.flatMap(helpOf);
  return `${lines.join('\n')}\n`;
}

function overview(): readonly string[] {
  return [
    ...wrap('Belfry keeps the containers of a Docker engine up to date without ever losing one.', width),
    '',
    'Usage: belfry [COMMAND] [NAME…] [FLAG…]',
    '',
    'Commands:',
    ...commandNames.flatMap((name) => entry(`  ${name}`, commands[name].summary)),
    '',
    'Flags of every command:',
    ...flags.filter((flag) => accepts('version', flag)).flatMap((flag) => flagEntry(flag)),
    '',
    ...wrap(
      'A first word that is no command is a container’s name: belfry web db. `belfry COMMAND --help` lists all flags of a command. Every setting can also be a variable (BELFRY_INTERVAL) or stand in a file; Watchtower’s flags, --porcelain among them, are understood as well: see docs/configuration.md.',
      width,
    ),
  ];
}

const sections: readonly (readonly [Setting['section'], string])[] = [
  ['choice', 'Which containers'],
  ['update', 'How they are updated'],
  ['time', 'When'],
  ['notification', 'Notifications'],
  ['engine', 'Engine'],
  ['registry', 'Registries'],
  ['state', 'State'],
  ['output', 'Output'],
];

function helpOf(name: (typeof commandNames)[number], index: number): readonly string[] {
  const { summary, takes } = commands[name];
  const taken = flags.filter((flag) => flag.is !== 'foreign' && accepts(name, flag));
  const own = taken.filter((flag) => flag.is === 'option');
  return [
    ...(index === 0 ? [] : ['']),
    ...wrap(summary, width),
    '',
    `Usage: ${['belfry', name, takes, '[FLAG…]'].filter(Boolean).join(' ')}`,
    '',
    'Flags:',
    ...own.flatMap((flag) => flagEntry(flag, name)),
    ...sections.flatMap(([section, title]) => {
      const rows = taken.filter((flag) => flag.is === 'setting' && flag.setting.section === section);
      return rows.length === 0 ? [] : ['', `${title}:`, ...rows.flatMap((flag) => flagEntry(flag, name))];
    }),
  ];
}

function flagEntry(flag: Flag, command?: CommandName): readonly string[] {
  const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
  return entry(`  ${short}--${flag.name} ${placeholderOf(flag)}`.trimEnd(), summaryOf(flag, command));
}

function summaryOf(flag: Flag, command = ''): string {
  if (flag.is === 'option') {
    const { summary, choices = {} } = flag.option;
    const words = choices[command];
    return words === undefined
      ? summary
      : `${summary}: ${words.slice(0, -1).join(', ')} or ${words.at(-1)}. [${words[0]}]`;
  }
  if (flag.is === 'foreign') return flag.row.why;
  const { setting, alias } = flag;
  if (alias !== undefined) return aliasSummary(setting, alias);
  const standard = defaultText(setting);
  return standard === '' ? setting.summary : `${setting.summary} [${standard}]`;
}

function aliasSummary(setting: Setting, alias: NonNullable<Setting['aliases']>[number]): string {
  const owner = flags.find((flag) => flag.is === 'setting' && flag.setting === setting && flag.alias === undefined);
  const same = owner === undefined ? setting.key : `--${owner.name}`;
  return alias.means === undefined ? `The same as ${same}.` : `The same as ${same}=${alias.means.true}.`;
}

/** A default as a person would write it; empty where nothing holds unless given. */
export function defaultText({ kind, default: standard }: Setting): string {
  if (standard === null || standard === false || (typeof standard === 'object' && standard.length === 0)) return '';
  return kind === 'duration' ? formatDuration(Number(standard)) : String(standard);
}

function entry(left: string, right: string): readonly string[] {
  const lines = wrap(right, width - column);
  const first = left.length < column ? [left.padEnd(column) + (lines[0] ?? '')] : [left];
  const rest = left.length < column ? lines.slice(1) : lines;
  return [...first, ...rest.map((line) => ' '.repeat(column) + line)];
}

function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

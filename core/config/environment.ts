import { AppError } from '../errors/app-error.ts';
import { readGiven, type Source } from './given.ts';
import { nearest } from './nearest.ts';
import { splitAddresses } from './shoutrrr/split.ts';
import { type Setting, type SettingKey, settings, variableOf } from './table.ts';
import { foreignNames } from './watchtower.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that are no settings, and what each is read for. */
export const otherVariables = [
  { name: 'BELFRY_CONFIG', summary: 'Path of the configuration file, as `--config`.' },
  { name: 'REPO_USER', summary: 'Account for registries of which nothing else is known.' },
  { name: 'REPO_PASS', summary: 'Its password or token.' },
  {
    name: 'DOCKER_CONFIG',
    summary:
      'Folder of the `config.json` that `docker login` writes; `~/.docker` unless given, then `/`, where Watchtower’s users mount it.',
  },
  { name: 'HTTP_PROXY', summary: 'Proxy to registries that are spoken to over plain HTTP.' },
  { name: 'HTTPS_PROXY', summary: 'Proxy to all other registries.' },
  { name: 'NO_PROXY', summary: 'Hosts and networks that no proxy is used for, such as `.lan,10.0.0.0/8`.' },
  { name: 'TZ', summary: 'Time zone where `timeZone` is not given.' },
  { name: 'XDG_STATE_HOME', summary: 'Folder for the state where `/var/lib/belfry` cannot be written.' },
  { name: 'NO_COLOR', summary: 'Prints without colours, as `--no-color`.' },
] as const;

/** What the environment says: other tools' names first, so that `BELFRY_…` wins. Empty counts as unset. */
export function readEnvironment(environment: Environment): Source {
  const read = names().flatMap((name) => {
    const text = environment[name.variable];
    if (text === undefined || text === '') return [];
    const { setting, variable, ...alias } = name;
    return readGiven(setting, listOf(setting, text), { origin: variable, code: 'VARIABLE_INVALID', ...alias }) ?? [];
  });
  return {
    given: read.flatMap((one) => (one instanceof AppError ? [] : one)),
    problems: read.flatMap((one) => (one instanceof AppError ? one : [])),
    foreign: foreignNames.flatMap((row) => {
      const text = row.variable === null ? undefined : environment[row.variable];
      return row.variable === null || text === undefined || text === '' ? [] : { row, origin: row.variable, text };
    }),
    warnings: unknownVariables(environment),
  };
}

/** In a variable a list is also split at spaces. */
function listOf({ kind }: Setting, text: string): string | readonly string[] {
  if (kind === 'addresses') return splitAddresses(text);
  return kind === 'patterns' ? text.split(/[,\s]+/).join(',') : text;
}

/** Whether any of Watchtower's variables is set. */
export function comesFromWatchtower(environment: Environment): boolean {
  return Object.entries(environment).some(([name, text]) => name.startsWith('WATCHTOWER_') && text !== '');
}

type Name = {
  readonly setting: Setting & { readonly key: SettingKey };
  readonly variable: string;
  readonly alias?: NonNullable<Setting['aliases']>[number];
};

function names(): readonly Name[] {
  const foreign = settings.flatMap((setting) =>
    (setting.aliases ?? []).flatMap((alias) =>
      alias.variable === undefined ? [] : { setting, variable: alias.variable, alias },
    ),
  );
  return [...foreign, ...settings.map((setting) => ({ setting, variable: variableOf(setting) }))];
}

function unknownVariables(environment: Environment): readonly string[] {
  const known = [
    ...names().map((name) => name.variable),
    ...otherVariables.map(({ name }) => name),
    'BELFRY_BUNDLED',
    ...foreignNames.flatMap((row) => row.variable ?? []),
  ];
  return Object.entries(environment).flatMap(([name, text]) => {
    const ours = name.startsWith('WATCHTOWER_') || (name.startsWith('BELFRY_') && !name.startsWith('BELFRY_TEST_'));
    if (!ours || text === undefined || text === '' || known.includes(name)) return [];
    return `${name} is not a name Belfry knows, so it is ignored.${hint(name, known)}`;
  });
}

/** The prefixes are no likeness: `WATCHTOWER_FOO` shares more letters with any of its own than `FOO` does. */
function hint(name: string, known: readonly string[]): string {
  const [, prefix = '', rest = ''] = prefixed.exec(name) ?? [];
  const byRest = new Map(known.map((one) => [prefixed.exec(one)?.[2] ?? '', one]));
  byRest.delete('');
  const meant = nearest(rest, [...byRest.keys()]) ?? '';
  const found = known.includes(prefix + meant) ? prefix + meant : byRest.get(meant);
  return found === undefined ? '' : ` Did you mean ${found}?`;
}

const prefixed = /^(BELFRY_|WATCHTOWER_)(.+)$/;

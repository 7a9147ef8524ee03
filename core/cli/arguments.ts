import type { Given } from '../config/given.ts';
import type { Flags } from '../config/load.ts';
import { didYouMean } from '../config/nearest.ts';
import { patternProblem } from '../config/pattern.ts';
import { AppError, AppErrors } from '../errors/app-error.ts';
import { commandOf, countProblems, helpTopic, topicProblems } from './command-line.ts';
import {
  type CommandName,
  type OptionKey,
  type PluginKind,
  type PreviewForm,
  pluginKinds,
  previewForms,
} from './commands.ts';
import { accepts, flags } from './flags.ts';
import { readUse } from './outcome.ts';
import { type Tokens, tokensOf } from './tokens.ts';

/** A command line, read. Its settings still have to be weighed against the other sources by `loadSettings`. */
export interface Arguments {
  readonly command: CommandName;
  /** What follows the command: names of containers, or the command to show help of. */
  readonly positionals: readonly string[];
  readonly flags: Flags;
  readonly options: CommandOptions;
  readonly json: boolean;
  readonly noColor: boolean;
  /** A sentence for each word that looks like a slip. */
  readonly warnings: readonly string[];
}

/** The flags of single commands. */
export interface CommandOptions {
  readonly exitCode: boolean;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly follow: boolean;
  readonly since: Date | null;
  readonly limit: number | null;
  readonly kind: PluginKind;
  readonly sample: string;
  readonly to: PreviewForm;
  readonly lastRun: boolean;
  readonly all: boolean;
  readonly output: string | null;
  readonly package: boolean;
}

/**
 * Reads a command line, given without the program's own name. Throws AppErrors with everything that is wrong.
 * A first word that is no command is a container's name, as in Watchtower; after `--` all words are names.
 */
export function parseArguments(argv: readonly string[], now: Date = new Date()): Arguments {
  const tokens = tokensOf(argv);
  const line = intentOf(tokens);
  const positionals = [...line.rest, ...tokens.names];
  const read = line.uses.map((use) => readUse(use, line.command, now));
  const names = watchedNames(line.command, positionals);
  const problems = [
    ...line.problems,
    ...line.unknown.map(unknownFlag),
    ...read.flatMap((one) => one.problem ?? []),
    // a word after an unknown flag may be its value, so words are counted only where all flags are known
    ...(line.problems.length + line.unknown.length > 0 ? [] : countProblems(line.command, positionals)),
    ...names.problems,
  ];
  if (problems.length > 0) throw new AppErrors(problems);
  const chosen = new Map(read.flatMap((one) => (one.option === undefined ? [] : [one.option])));
  return {
    command: line.command,
    positionals,
    flags: {
      given: [...joined(read.flatMap((one) => one.given ?? [])), ...names.given],
      foreign: read.flatMap((one) => one.foreign ?? []),
      config: chosen.get('config')?.text,
    },
    options: {
      exitCode: chosen.get('exitCode')?.on ?? false,
      dryRun: chosen.get('dryRun')?.on ?? false,
      force: chosen.get('force')?.on ?? false,
      follow: chosen.get('follow')?.on ?? false,
      since: chosen.get('since')?.moment ?? null,
      limit: chosen.get('limit')?.number ?? null,
      kind: pluginKinds.find((kind) => kind === chosen.get('kind')?.text) ?? 'gate',
      sample: chosen.get('kind')?.text ?? 'mixed',
      to: previewForms.find((form) => form === chosen.get('to')?.text) ?? 'terminal',
      lastRun: chosen.get('from')?.text === 'last-run',
      all: chosen.get('all')?.on ?? false,
      output: chosen.get('output')?.text ?? null,
      package: chosen.get('package')?.on ?? false,
    },
    json: chosen.get('json')?.on ?? false,
    noColor: chosen.get('noColor')?.on ?? false,
    warnings: line.warnings,
  };
}

type Intent = ReturnType<typeof commandOf> & Pick<Tokens, 'uses' | 'unknown'>;

/** --help and --version make a command of their own, and nothing else on the line can be wrong then. */
function intentOf({ words, uses, unknown }: Tokens): Intent {
  const asks = (key: OptionKey) =>
    uses.some(({ flag, value }) => flag.is === 'option' && flag.key === key && value !== 'false');
  const forAnyCommand = uses.filter(
    ({ flag }) => flag.is === 'option' && flag.option.kind === 'boolean' && accepts('help', flag),
  );
  const lenient = { uses: forAnyCommand, unknown: [], problems: [], warnings: [] };
  if (asks('help')) return { ...lenient, command: 'help', rest: helpTopic(words).split(' ').filter(Boolean) };
  if (asks('version')) return { ...lenient, command: 'version', rest: [] };
  const found = commandOf(words);
  const problems = found.command === 'help' ? topicProblems(found.rest) : found.problems;
  return { ...found, problems, uses, unknown };
}

/** A list given in several flags is one list. */
function joined(given: readonly Given[]): readonly Given[] {
  const listOf = (one: Given) => (typeof one.value === 'object' ? one.value : []);
  return given.map((one) => {
    if (typeof one.value !== 'object') return one;
    return { ...one, value: given.filter((other) => other.key === one.key).flatMap(listOf) };
  });
}

/** What `watch` is given stands for the setting `names`, and so does it where that is checked; the others narrow it by theirs. */
function watchedNames(
  command: CommandName,
  names: readonly string[],
): { given: readonly Given[]; problems: readonly AppError[] } {
  if (command === 'help') return { given: [], problems: [] };
  const problems = names.flatMap((name) => {
    const problem = patternProblem(name);
    return problem === undefined ? [] : new AppError('FLAG_INVALID', `The name "${name}" ${problem}.`);
  });
  const watched = (command === 'watch' || command === 'config check') && names.length > 0;
  return { given: watched ? [{ key: 'names', value: names, origin: 'the names on the command line' }] : [], problems };
}

function unknownFlag(origin: string): AppError {
  const known = origin.startsWith('--') ? flags.map(({ name }) => `--${name}`) : [];
  return new AppError('FLAG_UNKNOWN', `There is no flag ${origin}.${didYouMean(origin, known)}`);
}

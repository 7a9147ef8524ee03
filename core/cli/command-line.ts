import { didYouMean, nearest } from '../config/nearest.ts';
import { AppError } from '../errors/app-error.ts';
import { type Command, type CommandName, commandNames, commands, reservedWords } from './commands.ts';

/** The command that the words of a command line begin with, and what is left of them. */
export interface Named {
  readonly command: CommandName;
  readonly rest: readonly string[];
  readonly problems: readonly AppError[];
  readonly warnings: readonly string[];
}

/** Finds the command; words that begin with none are names of containers to watch. */
export function commandOf(words: readonly string[]): Named {
  const [first = '', second] = words;
  const group = subcommandsOf(first);
  const found =
    commandNames.find((name) => name === `${first} ${second}`) ?? commandNames.find((name) => name === first);
  const isWhole = group.length === 0 || second === undefined || found !== first;
  if (found !== undefined && isWhole) return named(found, { rest: words.slice(found.split(' ').length) });
  const [some] = group;
  if (some !== undefined) return named(some, { problems: [subcommandProblem(first, second)] });
  const reserved = Object.hasOwn(reservedWords, first) ? reservedWords[first] : undefined;
  if (reserved !== undefined) {
    const problem = new AppError('COMMAND_UNKNOWN', `There is no command ${first}. ${reserved}`, {
      hint: `A container of this name is watched by \`belfry watch ${first}\`.`,
    });
    return named('watch', { problems: [problem] });
  }
  return named('watch', { rest: words, warnings: [...slipOf(first), ...valuesAmong(words)] });
}

const counts: Readonly<Record<Command['takes'], readonly [number, number]>> = {
  '': [0, 0],
  NAME: [1, 1],
  '[NAME]': [0, 1],
  '[NAME…]': [0, Number.POSITIVE_INFINITY],
  '[FILE…]': [0, Number.POSITIVE_INFINITY],
  '[COMMAND]': [0, 2],
};

/** How many words may follow a command; the problem where there are fewer or more. */
export function countProblems(command: CommandName, words: readonly string[]): readonly AppError[] {
  const { takes } = commands[command];
  const [least, most] = counts[takes];
  if (words.length < least) return [new AppError('ARGUMENT_MISSING', `belfry ${command} needs a ${takes}.`)];
  if (words.length <= most) return [];
  const surplus = words.slice(most).join(' ');
  return [new AppError('ARGUMENT_UNEXPECTED', `belfry ${command} does not know what to do with ${surplus}.`)];
}

/** The command or group of commands that help is wanted of; an empty text for all. */
export function helpTopic(words: readonly string[]): string {
  const [first = '', ...rest] = words;
  const asked = first === 'help' ? rest : [first, ...rest];
  const topics = [asked.slice(0, 2).join(' '), asked[0] ?? ''];
  return topics.find(isTopic) ?? '';
}

/** The problem of `belfry help WORD` where there is no such command. */
export function topicProblems(words: readonly string[]): readonly AppError[] {
  const topic = words.join(' ');
  if (topic === '' || isTopic(topic)) return [];
  return [new AppError('COMMAND_UNKNOWN', `There is no command ${topic}.${didYouMean(topic, commandNames)}`)];
}

function isTopic(topic: string): boolean {
  return commandNames.some((name) => name === topic || name.startsWith(`${topic} `));
}

function named(command: CommandName, parts: Partial<Named>): Named {
  return { command, rest: [], problems: [], warnings: [], ...parts };
}

/** `config check` and `config schema` for `config`. */
function subcommandsOf(first: string): readonly CommandName[] {
  return commandNames.filter((name) => name.startsWith(`${first} `));
}

function subcommandProblem(first: string, word: string | undefined): AppError {
  const words = subcommandsOf(first).map((name) => name.slice(first.length + 1));
  if (word === undefined) return new AppError('ARGUMENT_MISSING', `belfry ${first} needs one of ${words.join(', ')}.`);
  return new AppError('COMMAND_UNKNOWN', `There is no command ${first} ${word}.${didYouMean(word, words)}`);
}

function slipOf(word: string): readonly string[] {
  const meant = word === '' ? undefined : nearest(word, commandNames);
  if (meant === undefined) return [];
  return [`${word} is taken for a container’s name. If a command was meant: belfry ${meant}.`];
}

/** `--cleanup false` gives the flag no value: it watches a container called false. */
function valuesAmong(words: readonly string[]): readonly string[] {
  return words
    .filter((word) => word === 'true' || word === 'false')
    .map((word) => `${word} is taken for a container’s name. A flag’s value is joined to it: --flag=${word}.`);
}

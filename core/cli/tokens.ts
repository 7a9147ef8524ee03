import { parseArgs } from 'node:util';
import { type Flag, flags } from './flags.ts';

/** One flag as it was given. */
export interface Use {
  readonly flag: Flag;
  /** As typed: `--interval` or `-i`. */
  readonly origin: string;
  readonly value: string | undefined;
  /** Whether the value is joined to the flag, as in `--interval=5m`. */
  readonly joined: boolean;
}

/** A command line in its parts, in order. */
export interface Tokens {
  readonly words: readonly string[];
  /** The words after `--`. */
  readonly names: readonly string[];
  readonly uses: readonly Use[];
  /** Flags that no command has, as typed. */
  readonly unknown: readonly string[];
}

const byName = new Map(flags.map((flag) => [flag.name, flag]));

export function tokensOf(argv: readonly string[]): Tokens {
  const options = Object.fromEntries(
    flags.map(({ name, short, takesValue }) => [
      name,
      { type: takesValue ? ('string' as const) : ('boolean' as const), ...(short === undefined ? {} : { short }) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  const end = tokens.find((token) => token.kind === 'option-terminator')?.index ?? argv.length;
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? token : []));
  const given = tokens.flatMap((token) => (token.kind === 'option' ? token : []));
  return {
    words: words.filter((word) => word.index < end).map((word) => word.value),
    names: words.filter((word) => word.index > end).map((word) => word.value),
    uses: given.flatMap(({ name, rawName, value, inlineValue = false }) => {
      const flag = byName.get(name);
      // -i=5m reaches us as the value "=5m"
      const text = rawName.startsWith('--') ? value : value?.replace(/^=/, '');
      return flag === undefined ? [] : { flag, origin: rawName, value: text, joined: inlineValue };
    }),
    unknown: given.filter(({ name }) => !byName.has(name)).map(({ rawName }) => rawName),
  };
}

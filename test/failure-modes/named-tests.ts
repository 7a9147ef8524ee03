import { readdirSync, readFileSync } from 'node:fs';

/** A test whose name begins with ids of failure modes: `FM12, FM16: …`. */
export interface NamedTest {
  readonly ids: readonly string[];
  /** Below the folder `test`. */
  readonly file: string;
  /** What follows the ids; an ellipsis stands for what is filled in when the tests run. */
  readonly name: string;
}

const folder = new URL('../', import.meta.url);
const titles = /(['"`])((?:FM\d+, )*FM\d+): ((?:(?!\1)[^\\\n]|\\.)+)\1/g;

/** Every such name in the sources of the tests, in the order of files and lines. */
export function namedTests(): readonly NamedTest[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('failure-modes/'))
    .sort()
    .flatMap((file) => named(file, readFileSync(new URL(file, folder), 'utf8')));
}

function named(file: string, source: string): readonly NamedTest[] {
  return [...source.matchAll(titles)].map(([, , ids = '', name = '']) => ({
    ids: ids.split(', '),
    file,
    name: name.replace(/\$\{[^}]*\}/g, '…').replaceAll("\\'", "'"),
  }));
}

/** The ids at the beginning of a name; none where it names no failure mode. */
export function idsOf(name: string): readonly string[] {
  return /^((?:FM\d+, )*FM\d+): /.exec(name)?.[1]?.split(', ') ?? [];
}

import { readFileSync } from 'node:fs';
import { type NamedTest, namedTests } from './named-tests.ts';

/** A row of docs/failure-modes.md. */
export interface Row {
  readonly id: string;
  /** What others lost, and what Belfry does. */
  readonly story: string;
  /** The tests that prove it, or why it cannot happen. */
  readonly proof: string;
}

export const page = new URL('../../docs/failure-modes.md', import.meta.url);
/** Begins the proof of what has no test because it cannot happen. */
const impossible = 'Cannot happen: ';
const row = /^\| (FM\d+) \| (.*) \| (.*) \|$/gm;

export function readRows(): readonly Row[] {
  return [...readFileSync(page, 'utf8').matchAll(row)].map(([, id = '', story = '', proof = '']) => ({
    ...{ id, story, proof },
  }));
}

/** The page with the proofs of all ids as the names of the tests have them now; reasons stay as they are. */
export function refreshed(text: string): string {
  const tests = namedTests();
  return text.replace(row, (_, id: string, story: string, proof: string) => {
    const own = tests.filter(({ ids }) => ids.includes(id));
    const next = hasReason({ proof }) ? proof : proofBy(own);
    return `| ${id} | ${story} | ${next} |`;
  });
}

export function hasReason({ proof }: Pick<Row, 'proof'>): boolean {
  return proof.startsWith(impossible) && proof.length > impossible.length;
}

/** `[e2e/failures](…): at an image …; [cycle/pull](…): …` */
function proofBy(tests: readonly NamedTest[]): string {
  const byFile = new Map<string, string[]>();
  for (const { file, name } of tests) byFile.set(file, [...(byFile.get(file) ?? []), name.replaceAll('|', '\\|')]);
  const files = [...byFile].map(([file, names]) => {
    const short = file.replace(/(\.test)?\.ts$/, '');
    return `[${short}](../test/${file}): ${[...new Set(names)].map((name) => `*${name}*`).join(', ')}`;
  });
  return files.length === 0 ? 'No test yet' : files.join('; ');
}

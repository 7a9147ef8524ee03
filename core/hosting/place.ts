import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../paths.ts';

/** A line of foreign code. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

const own = fileURLToPath(packageRoot);

/** The innermost line of a stack that is neither Belfry's own nor Node's; undefined where there is none. */
export function foreignPlace(stack: unknown): Place | undefined {
  if (typeof stack !== 'string') return undefined;
  for (const line of stack.split('\n')) {
    const [, file = '', number] = /^\s+at (?:.*\()?(?:file:\/\/)?(\/.+?)(?:\?[^:]*)?:(\d+):\d+\)?$/.exec(line) ?? [];
    if (file !== '' && !decoded(file).startsWith(own)) return { file: decoded(file), line: Number(number) };
  }
  return undefined;
}

/** `gate.mts:12`, for the end of a sentence. */
export const briefly = ({ file, line }: Place): string => `${basename(file)}:${line}`;

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

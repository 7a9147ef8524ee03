import type { Socket } from 'node:net';
import type { Problem } from '../errors/app-error.ts';
import type { BelfryEvent } from '../events.ts';

/** What it answers: any number of events and progress lines, then the result or the problem, and nothing more. */
export type Answer = { readonly event: BelfryEvent } | { readonly progress: unknown } | Ending;
export type Ending =
  | { readonly result: unknown }
  /** The first of the problems, and all of them. */
  | { readonly problem: Problem; readonly problems?: readonly Problem[] };

/** The longest request; no honest one comes near it. */
export const longestRequest = 1024 * 1024;
/** The longest answer: the report of a very large fleet is one line. */
export const longestAnswer = 32 * 1024 * 1024;

/** Calls back with each whole line a socket brings; for one longer than `limit` bytes with undefined, and no more. */
export function onLines(socket: Socket, limit: number, take: (line: string | undefined) => void): void {
  let pieces: Buffer[] = [];
  let length = 0;
  const collect = (chunk: Buffer) => {
    for (let rest = chunk; ; ) {
      const at = rest.indexOf('\n');
      const piece = at === -1 ? rest : rest.subarray(0, at);
      pieces.push(piece);
      length += piece.length;
      if (length > limit) {
        socket.off('data', collect);
        return take(undefined);
      }
      if (at === -1) return;
      take(Buffer.concat(pieces).toString('utf8'));
      rest = rest.subarray(at + 1);
      pieces = [];
      length = 0;
    }
  };
  socket.on('data', collect);
}

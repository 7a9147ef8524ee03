import type { Socket } from 'node:net';
import { AppError, errorsOf, problemOf } from '../errors/app-error.ts';
import type { BelfryEvent } from '../events.ts';
import type { Lock } from './lock.ts';
import { type Answer, longestAnswer, longestRequest, onLines } from './protocol.ts';
import { type Command, type RequestOf, readRequest } from './request.ts';

/** Where a command tells whoever asked how it is getting on. Both may be called when nobody listens any more. */
export interface Audience {
  event(event: BelfryEvent): void;
  /** Dropped when the other side is too slow to take it. */
  progress(progress: unknown): void;
}

/** One function for each command; what it resolves with is the result, and a throw is the problem. */
export type Handlers = {
  readonly [C in Exclude<Command, 'ping'>]: (request: RequestOf<C>, audience: Audience) => Promise<unknown>;
};

/** Answers requests on the control socket until the lock is released. Work goes on when its client goes away. */
export function serve(lock: Lock, handlers: Handlers): void {
  lock.accept((socket) => {
    let asked = false;
    onLines(socket, longestRequest, (line) => {
      if (asked) return; // One request a connection.
      asked = true;
      void answer(socket, line, handlers);
    });
  });
}

async function answer(socket: Socket, line: string | undefined, handlers: Handlers): Promise<void> {
  const send = (message: Answer) => {
    if (socket.destroyed) return;
    socket.write(`${JSON.stringify(message)}\n`);
    if (socket.writableLength > longestAnswer) socket.destroy();
  };
  const audience: Audience = {
    event: (event) => send({ event }),
    progress: (progress) => {
      if (!socket.writableNeedDrain) send({ progress });
    },
  };
  try {
    send({ result: (await perform(line, handlers, audience)) ?? null });
  } catch (error) {
    send({ problem: problemOf(error), problems: errorsOf(error).map(problemOf) });
  }
  socket.end();
}

async function perform(line: string | undefined, handlers: Handlers, audience: Audience): Promise<unknown> {
  if (line === undefined) throw new AppError('CONTROL_REQUEST_INVALID', 'the request is longer than 1 MiB');
  const request = readRequest(line);
  switch (request.command) {
    case 'ping':
      return { schema: 1, pid: process.pid };
    case 'update':
      return handlers.update(request, audience);
    case 'rollback':
      return handlers.rollback(request, audience);
    case 'recover':
      return handlers.recover(request, audience);
    case 'plugins':
      return handlers.plugins(request, audience);
    case 'reload':
      return handlers.reload(request, audience);
    case 'notify':
      return handlers.notify(request, audience);
    case 'approve':
      return handlers.approve(request, audience);
    case 'deny':
      return handlers.deny(request, audience);
  }
}

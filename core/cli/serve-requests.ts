import type { Writer } from '../app.ts';
import type { RequestOf } from '../control/request.ts';
import { type Audience, serve } from '../control/serve.ts';
import type { Own } from '../cycle/own.ts';
import { AppError } from '../errors/app-error.ts';
import { obey, orderOf } from './orders.ts';
import { giveWord, perform, type Word, type Work } from './perform.ts';
import { describeRunning } from './plugin-list.ts';
import type { Session } from './session.ts';

/** What a process that serves others also has: the container it may have replaced, and a configuration to read anew. */
interface Serving {
  readonly own?: Own | undefined;
  readonly reload?: (() => Promise<unknown>) | undefined;
}

/** Lets other commands hand their requests to this process. */
export function serveRequests({ signal }: Session, writer: Writer, { own, reload = notHere }: Serving = {}): void {
  if (writer.lock === undefined) return;
  const work = (request: Work, audience: Audience) => perform({ signal, own }, writer, request, audience);
  const word = (request: Word) => giveWord({ signal }, writer, request);
  const notify = (request: RequestOf<'notify'>) => obey(writer, orderOf(request));
  const plugins = () => describeRunning(writer);
  const words = { approve: word, deny: word };
  serve(writer.lock, { update: work, rollback: work, recover: work, ...words, notify, plugins, reload });
}

async function notHere(): Promise<never> {
  throw new AppError('NOT_RUNNING', 'no Belfry watches here, only a single command is at work');
}

import { join } from 'node:path';
import { AppError, AppErrors, type Problem } from '../errors/app-error.ts';
import { isCode } from '../errors/catalogue.ts';
import type { BelfryEvent } from '../events.ts';
import { dial } from './dial.ts';
import { type Answer, longestAnswer, onLines } from './protocol.ts';
import type { Request } from './request.ts';

export type Line = { readonly event: BelfryEvent } | { readonly progress: unknown };

/**
 * Asks the Belfry that runs on a state folder, and resolves with its result. Throws the problem it answers with, and
 * NOT_RUNNING where there is none, and CONTROL_FAILED where it goes away in the middle or does not answer within so many
 * milliseconds.
 */
export async function ask(
  folder: string,
  request: Request,
  onLine: (line: Line) => void = () => {},
  deadline?: number,
): Promise<unknown> {
  const socket = await dial(join(folder, 'belfry.sock')).catch((cause) => {
    throw new AppError('CONTROL_FAILED', cause instanceof Error ? cause.message : String(cause), { cause });
  });
  if (socket === undefined) throw new AppError('NOT_RUNNING', 'nobody answers on the control socket');
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      const fail = (message: string) => reject(new AppError('CONTROL_FAILED', message));
      onLines(socket, longestAnswer, (line) => {
        const answer = line === undefined ? undefined : parse(line);
        if (answer === undefined) fail('the running Belfry answered with something that is no answer');
        else if ('result' in answer) resolve(answer.result);
        else if ('problem' in answer) reject(errorsIn(answer));
        else onLine(answer);
      });
      socket.on('error', (error) => fail(error.message));
      socket.on('close', () => fail('the running Belfry closed the connection before it had answered'));
      socket.write(`${JSON.stringify(request)}\n`);
      if (deadline === undefined) return;
      const late = `the running Belfry did not answer within ${deadline / 1000} s`;
      timer = setTimeout(() => fail(late), deadline);
    });
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function parse(line: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Answer) : undefined;
  } catch {
    return undefined;
  }
}

function errorsIn({ problem, problems = [problem] }: Extract<Answer, { problem: Problem }>): Error {
  return problems.length > 1 ? new AppErrors(problems.map(errorOf)) : errorOf(problem);
}

/** The problem as an error again; a code of a newer Belfry is kept in the message. */
function errorOf({ code, message, hint }: Problem): AppError {
  return isCode(code)
    ? new AppError(code, message, { hint })
    : new AppError('UNEXPECTED', `${code}: ${message}`, { hint });
}

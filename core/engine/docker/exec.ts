import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../errors/app-error.ts';
import { lastText } from '../../last-text.ts';
import type { ExecCommand, ExecResult } from '../../plugin.ts';
import type { Caller } from './call.ts';
import { logBytes, newestFrames } from './log-frames.ts';

const kept = 64 * 1024;
const management = 120_000;

/** The answer to the start is the output, and ends with the program. */
export async function exec(caller: Caller, container: string, command: ExecCommand): Promise<ExecResult> {
  const { argv, user, env = {}, timeout = 60_000, signal } = command;
  const Env = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const body = {
    ...{ AttachStdout: true, AttachStderr: true, Cmd: argv, Env },
    ...(user === undefined ? {} : { User: user }),
  };
  const path = `/containers/${container}/exec`;
  const create = { method: 'POST', path, body, deadline: management, signal } as const;
  const { Id } = (await caller.json(create)) as { readonly Id: string };
  const lastMoment = performance.now() + timeout;
  const start = { method: 'POST', path: `/exec/${Id}/start`, body: { Detach: false, Tty: false } } as const;
  const output = await caller.request({ ...start, deadline: timeout, signal }, async (response) => {
    let said: Buffer = Buffer.alloc(0);
    // Whole frames are dropped, so that twice as much is kept as is wanted.
    for await (const chunk of response) said = newestFrames(Buffer.concat([said, chunk as Buffer]), 2 * kept);
    return lastText(logBytes(said), kept);
  });
  return { exitCode: await exitCodeOf(caller, Id, { lastMoment, signal }), output };
}

interface Bounds {
  readonly lastMoment: number;
  readonly signal: AbortSignal | undefined;
}

/** The end of the output may come to us before the end of the program has come to the engine. */
async function exitCodeOf(caller: Caller, id: string, { lastMoment, signal }: Bounds): Promise<number> {
  for (;;) {
    const path = `/exec/${id}/json`;
    const state = await caller.json({ method: 'GET', path, deadline: management, signal });
    const { Running, ExitCode } = state as { readonly Running: boolean; readonly ExitCode?: number | null };
    if (!Running && typeof ExitCode === 'number') return ExitCode;
    if (performance.now() > lastMoment) throw new AppError('ENGINE_TIMEOUT', 'the program did not end in time');
    await delay(50);
  }
}

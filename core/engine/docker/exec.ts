import type { ExecCommand, ExecResult } from '../../plugin.ts';
import type { Caller } from './call.ts';
import { logText, newestFrames } from './log-frames.ts';

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
  const { Id } = (await caller.json({ method: 'POST', path, body, deadline: management })) as { readonly Id: string };
  const start = { method: 'POST', path: `/exec/${Id}/start`, body: { Detach: false, Tty: false } } as const;
  const output = await caller.request({ ...start, deadline: timeout, signal }, async (response) => {
    let said: Buffer = Buffer.alloc(0);
    for await (const chunk of response) said = newestFrames(Buffer.concat([said, chunk as Buffer]), kept);
    return logText(said);
  });
  const ended = await caller.json({ method: 'GET', path: `/exec/${Id}/json`, deadline: management });
  const { ExitCode } = ended as { readonly ExitCode?: number | null };
  return { exitCode: ExitCode ?? -1, output };
}

import type { Follow } from '../port.ts';
import type { Caller } from './call.ts';
import { lastLines, logText, newestFrames } from './log-frames.ts';

const kept = 64 * 1024;

/** Resolves once attached, so that nothing said after that is missed. */
export function follow(caller: Caller, container: string, deadline: number): Promise<Follow> {
  const abort = new AbortController();
  const query = { stream: 1, stdout: 1, stderr: 1 };
  const call = { method: 'POST', path: `/containers/${container}/attach`, query, deadline } as const;
  return new Promise((resolve, reject) => {
    let said: Buffer = Buffer.alloc(0);
    const lines = (count: number) => lastLines(logText(said), count);
    caller
      .request({ ...call, signal: abort.signal }, async (response) => {
        resolve({ lines, close: () => abort.abort() });
        for await (const chunk of response) {
          said = newestFrames(Buffer.concat([said, chunk as Buffer]), kept);
        }
      })
      .catch(reject); // After the attach this has no effect: whatever ends it is the end of the log.
  });
}

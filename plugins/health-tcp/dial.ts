import { connect } from 'node:net';
import type { Route } from 'belfry/plugin';

/** The engine takes connections to a published port for a container that does not listen, and drops them at once. */
const standsFor = 250;

/** Connects and hangs up. Undefined where the connection stood, or was spoken on; else why not. */
export function dial(
  { host, port }: Route,
  { timeout, signal }: { readonly timeout: number; readonly signal: AbortSignal },
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (why?: string) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      socket.destroy();
      resolve(why);
    };
    const stop = () => end('it was stopped');
    let timer = setTimeout(() => end(`no answer from ${host}:${port} within ${timeout / 1000} s`), timeout);
    signal.addEventListener('abort', stop, { once: true });
    socket.on('connect', () => {
      clearTimeout(timer);
      timer = setTimeout(() => end(), standsFor);
    });
    socket.on('data', () => end());
    socket.on('error', (error) => end(error.message));
    socket.on('close', () => end(`${host}:${port} dropped it at once`));
  });
}

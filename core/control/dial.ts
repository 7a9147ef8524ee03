import { connect, type Socket } from 'node:net';

/** Connects to a Unix socket; undefined where nobody listens on it any more. */
export function dial(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const nobody = error.code === 'ECONNREFUSED' || error.code === 'ENOENT';
      if (nobody) resolve(undefined);
      else reject(error);
    });
  });
}

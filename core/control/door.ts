import { chmod, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';

/** A listening Unix socket. Those who knock before someone accepts them wait. */
export interface Door {
  accept(take: (socket: Socket) => void): void;
  /** Cuts off everyone and stops listening. */
  close(): Promise<void>;
}

export async function openDoor(path: string): Promise<Door> {
  const server = createServer({ pauseOnConnect: true });
  const sockets = new Set<Socket>();
  let accepted: ((socket: Socket) => void) | undefined;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {}); // Its close follows; nobody is left to be told.
    accepted?.(socket);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  await chmod(path, 0o600);
  return {
    accept(take) {
      accepted = (socket) => {
        take(socket);
        socket.resume();
      };
      for (const socket of sockets) accepted(socket);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(path, { force: true });
    },
  };
}

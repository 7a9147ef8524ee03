import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { exchange } from '../../core/demo/exchange.ts';
import { packTree } from '../../core/demo/tar.ts';
import { dated } from '../../core/engine/docker/tar-date.ts';

interface Delivery {
  readonly path: string;
  readonly content: string;
  readonly mode?: number;
  /** Its time of last change: now unless given. */
  readonly at?: Date;
}

/** Puts a file into a container's layer as Compose does, by an archive; its folder must be there. */
export async function deliver(engineHost: string, container: string, file: Delivery): Promise<void> {
  const { path, content, mode = 0o444, at = new Date() } = file;
  const body = dated(packTree({ [`/${posix.basename(path)}`]: { content, mode } }), at);
  const to = `/containers/${container}/archive?path=${encodeURIComponent(posix.dirname(path))}`;
  const headers = { 'content-type': 'application/x-tar' };
  const socketPath = engineHost.replace(/^unix:\/\//, '');
  const { status, body: words } = await exchange({ socketPath }, { method: 'PUT', path: to, headers, body });
  assert.equal(status, 200, words.toString());
}

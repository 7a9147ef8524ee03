import assert from 'node:assert/strict';
import { exchange } from '../../core/demo/exchange.ts';
import { packTree } from '../../core/demo/tar.ts';
import { addressed } from '../../core/engine/docker/tar-address.ts';

interface Delivery {
  readonly path: string;
  readonly content: string;
  readonly mode?: number;
}

/** Puts a file into a container's layer as Compose does: by an archive of it alone, dated now. */
export async function deliver(engineHost: string, container: string, file: Delivery): Promise<void> {
  const { path, content, mode = 0o444 } = file;
  const body = addressed(packTree({ '/file': { content, mode } }), { path, modified: new Date() });
  const headers = { 'content-type': 'application/x-tar' };
  const socketPath = engineHost.replace(/^unix:\/\//, '');
  const call = { method: 'PUT', path: `/containers/${container}/archive?path=/`, headers, body };
  const { status, body: words } = await exchange({ socketPath }, call);
  assert.equal(status, 200, words.toString());
}

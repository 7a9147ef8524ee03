import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { packTree, type Tree } from './tar.ts';

/** A layer of an image: its compressed bytes, and the digests of both forms. */
export interface Layer {
  readonly blob: Buffer;
  readonly digest: string;
  /** Of the uncompressed archive, as the image's configuration lists it. */
  readonly diffId: string;
}

export function packLayer(tree: Tree): Layer {
  const archive = packTree(tree);
  const blob = gzipSync(archive);
  return { blob, digest: digestOf(blob), diffId: digestOf(archive) };
}

export function digestOf(content: Buffer | string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

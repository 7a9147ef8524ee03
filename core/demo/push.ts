import { AppError } from '../errors/app-error.ts';
import { type Address, type Answer, exchange, type Question } from './exchange.ts';
import { digestOf } from './layer.ts';

/** A repository on a plain HTTP registry, and the tag to set. */
export interface Destination {
  readonly address: Address;
  readonly repository: string;
  readonly tag: string | undefined;
}

/** From `127.0.0.1:5000` and `team/web:1`, or `team/web` where no tag is meant. */
export function destinationOf(registry: string, name: string): Destination {
  const [host = '', port = '80'] = registry.split(':');
  const [repository = '', tag] = name.split(':');
  return { address: { host, port: Number(port) }, repository, tag };
}

/** Uploads a blob that the repository does not hold yet. */
export async function pushBlob({ address, repository }: Destination, blob: Buffer): Promise<void> {
  const digest = digestOf(blob);
  const present = await exchange(address, { method: 'HEAD', path: `/v2/${repository}/blobs/${digest}` });
  if (present.status === 200) return;
  const begun = await expect(202, address, { method: 'POST', path: `/v2/${repository}/blobs/uploads/` });
  const upload = new URL(String(begun.headers.location), 'http://registry');
  upload.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  await expect(201, address, { method: 'PUT', path: `${upload.pathname}${upload.search}`, headers, body: blob });
}

/** Puts a manifest under the tag, or under its own digest; resolves with the digest. */
export async function pushManifest(destination: Destination, mediaType: string, manifest: string): Promise<string> {
  const digest = digestOf(manifest);
  const path = `/v2/${destination.repository}/manifests/${destination.tag ?? digest}`;
  await expect(201, destination.address, {
    method: 'PUT',
    path,
    headers: { 'content-type': mediaType },
    body: manifest,
  });
  return digest;
}

async function expect(status: number, address: Address, question: Question): Promise<Answer> {
  const answer = await exchange(address, question);
  if (answer.status === status) return answer;
  const words = `${question.method} ${question.path}: ${answer.status} ${answer.body.toString().trim()}`;
  throw new AppError('DEMO_PART_FAILED', `the registry refuses ${words}`);
}

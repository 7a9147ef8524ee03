import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { AppError, hasCode } from '../../errors/app-error.ts';
import type { FileCopy, FileFacts, LayerChange } from '../port.ts';
import type { Ask, Caller } from './call.ts';
import { addressed } from './tar-address.ts';

const deadline = 120_000;

/** What differs between a container's own layer and its image. */
export async function layerChanges(ask: Ask, container: string): Promise<readonly LayerChange[]> {
  const rows = (await ask({ method: 'GET', path: `/containers/${container}/changes` })) as readonly Row[] | null;
  return (rows ?? []).map(({ Path, Kind }) => ({ path: Path, kind: kinds[Kind] ?? 'changed' }));
}

interface Row {
  readonly Path: string;
  readonly Kind: number;
}

const kinds = ['changed', 'added', 'deleted'] as const;

/** Null where there is no such file. */
export async function fileFacts(caller: Caller, container: string, path: string): Promise<FileFacts | null> {
  const call = { method: 'HEAD', path: `/containers/${container}/archive`, query: { path }, deadline } as const;
  try {
    return await caller.request(call, async (response) => factsOf(response));
  } catch (error) {
    if (hasCode(error, 'ENGINE_NOT_FOUND')) return null;
    throw error;
  }
}

/** Owner and mode travel in the archive. From the root, as Compose does it: the engine makes folders that are missing. */
export async function copyFile(caller: Caller, { from, to, path, modified }: FileCopy): Promise<void> {
  const read = { method: 'GET', path: `/containers/${from}/archive`, query: { path }, deadline } as const;
  const archive = addressed(await caller.request(read, buffer), { path, modified });
  const write = { method: 'PUT', path: `/containers/${to}/archive`, query: { path: '/' }, archive, deadline } as const;
  await caller.request(write, buffer);
}

interface Stat {
  readonly size: number;
  /** As Go has it: the permissions below, the kind of file in the upper bits. */
  readonly mode: number;
  readonly mtime: string;
}

const kindBits = 0x8f28_0000;

function factsOf({ headers }: IncomingMessage): FileFacts {
  const header = headers['x-docker-container-path-stat'];
  if (typeof header !== 'string') throw new AppError('ENGINE_ANSWER_INVALID', 'the engine describes no file');
  const { size, mode, mtime } = JSON.parse(Buffer.from(header, 'base64').toString()) as Stat;
  return { size, mode, modified: mtime, isRegular: (mode & kindBits) === 0 };
}

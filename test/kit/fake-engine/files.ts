import type { FileCopy, FileFacts, LayerChange } from '../../../core/engine/port.ts';
import { AppError } from '../../../core/errors/app-error.ts';
import { type EngineState, findContainer, type StoredContainer } from './state.ts';

/** A regular file in a container's own layer; those of images are not modelled. */
export interface StoredFile {
  readonly content: string;
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** Each file, and the folders it lies in. */
export function changesOf({ files }: StoredContainer): readonly LayerChange[] {
  const folders = new Set([...files.keys()].flatMap(foldersOf));
  return [
    ...[...folders].map((path) => ({ path, kind: 'changed' as const })),
    ...[...files.keys()].map((path) => ({ path, kind: 'added' as const })),
  ];
}

export function layerSizeOf({ files }: StoredContainer): number {
  return [...files.values()].reduce((total, { content }) => total + content.length, 0);
}

export function factsOf({ files }: StoredContainer, path: string): FileFacts | null {
  const file = files.get(path);
  if (file === undefined) return null;
  const { content, mode, modified } = file;
  return { isRegular: true, size: content.length, mode, modified: new Date(modified).toISOString() };
}

export function copyBetween(state: EngineState, { from, to, path, modified }: FileCopy): void {
  const file = findContainer(state, from).files.get(path);
  if (file === undefined) throw new AppError('ENGINE_NOT_FOUND', `Could not find the file ${path} in ${from}`);
  const target = findContainer(state, to);
  if (target.hostConfig.ReadonlyRootfs) throw new AppError('ENGINE_REFUSED', 'container rootfs is marked read-only');
  target.files.set(path, { ...file, modified: Math.floor(modified.getTime() / 1000) * 1000 });
}

function foldersOf(path: string): readonly string[] {
  const steps = path.split('/').slice(1, -1);
  return steps.map((_, at) => `/${steps.slice(0, at + 1).join('/')}`);
}

import type { PullProgress } from '../port.ts';
import { pullError } from './failures.ts';

interface Line {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/**
 * Reads the JSON lines of `POST /images/create` to their end, reporting progress.
 * Throws at the first error line: the engine answers 200 and tells of failures only inside the stream.
 */
export async function readPullStream(
  chunks: AsyncIterable<Buffer>,
  onProgress: (progress: PullProgress) => void = () => {},
): Promise<void> {
  const layers = new Map<string, { current: number; total: number; done: boolean }>();
  for await (const line of lines(chunks)) {
    const error = line.errorDetail?.message ?? line.error;
    if (error !== undefined) throw pullError(error);
    if (line.id === undefined || !track(layers, line.id, line)) continue;
    const all = [...layers.values()];
    onProgress({
      layers: all.length,
      layersDone: all.filter((layer) => layer.done).length,
      bytes: all.reduce((sum, layer) => sum + layer.total, 0),
      bytesDone: all.reduce((sum, layer) => sum + layer.current, 0),
    });
  }
}

function track(
  layers: Map<string, { current: number; total: number; done: boolean }>,
  id: string,
  line: Line,
): boolean {
  const layer = layers.get(id) ?? { current: 0, total: 0, done: false };
  switch (line.status) {
    case 'Pulling fs layer':
    case 'Waiting':
      break;
    case 'Downloading':
      layer.current = line.progressDetail?.current ?? layer.current;
      layer.total = line.progressDetail?.total ?? layer.total;
      break;
    case 'Download complete':
    case 'Verifying Checksum':
      layer.current = layer.total;
      break;
    case 'Pull complete':
    case 'Already exists':
      layer.current = layer.total;
      layer.done = true;
      break;
    default:
      return false;
  }
  layers.set(id, layer);
  return true;
}

async function* lines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part.trim() !== '') yield parse(part);
  }
  if (rest.trim() !== '') yield parse(rest);
}

function parse(text: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch (cause) {
    throw pullError(`the engine's report of the pull broke off: ${text.slice(0, 80)}`, cause);
  }
}

import { enginePlatform } from '../../../core/engine/platform.ts';
import type { PullOptions } from '../../../core/engine/port.ts';
import { AppError } from '../../../core/errors/app-error.ts';
import type { Platform, Reference } from '../../../core/registry/port.ts';
import { parseReference, repositoryName } from '../../../core/registry/reference.ts';
import type { FakeRegistry } from '../fake-registry.ts';
import { addImage } from './images.ts';
import type { EngineState, StoredImage } from './state.ts';

/** Reports the half and the whole of the one layer that a fake image has. */
export function pull(state: EngineState, registry: FakeRegistry, reference: string, options: PullOptions): void {
  if (options.signal?.aborted) throw new AppError('STOPPED_BY_SIGNAL', `the pull of ${reference} was stopped`);
  const platform = options.platform === undefined ? undefined : parsePlatform(options.platform);
  const { content } = pullImage(state, registry, parseReference(reference), platform);
  const bytes = content.downloadBytes;
  options.onProgress?.({ layersDone: 0, layers: 1, bytesDone: Math.floor(bytes / 2), bytes });
  options.onProgress?.({ layersDone: 1, layers: 1, bytesDone: bytes, bytes });
}

export function pullImage(
  state: EngineState,
  registry: FakeRegistry,
  reference: Reference,
  platform: Platform = enginePlatform(state.info),
): StoredImage {
  const content = registry.pull(reference, platform);
  return addImage(state, content, `${repositoryName(reference)}@${content.digest}`);
}

function parsePlatform(text: string): Platform {
  const [os = '', architecture = '', variant = null] = text.split('/');
  return { os, architecture, variant };
}

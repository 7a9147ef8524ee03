import { hasCode } from '../../errors/app-error.ts';
import type { CreateSpec } from '../port.ts';
import type { Ask } from './call.ts';

/**
 * Throws ENGINE_NOT_FOUND where a network of a container does not exist: the engine itself misses it only as the
 * container starts. Where a proxy hides networks the start has to tell.
 */
export async function checkNetworks(ask: Ask, networks: CreateSpec['networks']): Promise<void> {
  for (const { name } of networks) {
    if (name === 'bridge') continue;
    try {
      await ask({ method: 'GET', path: `/networks/${encodeURIComponent(name)}` });
    } catch (error) {
      if (!hasCode(error, 'ENGINE_FORBIDDEN')) throw error;
    }
  }
}

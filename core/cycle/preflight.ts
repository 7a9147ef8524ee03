import { AppError } from '../errors/app-error.ts';
import type { Context } from './context.ts';

/**
 * Tries every endpoint that a replacement and its undoing need, without effect. Throws ENGINE_FORBIDDEN where one is
 * refused: an update that a socket proxy stops half-way could not be put back either.
 */
export async function preflight({ engine }: Pick<Context, 'engine'>): Promise<void> {
  const refused = (await engine.probe()).filter(({ allowed }) => !allowed);
  if (refused.length === 0) return;
  const endpoints = refused.map(({ endpoint }) => endpoint).join(', ');
  throw new AppError('ENGINE_FORBIDDEN', `nothing is updated while the engine refuses ${endpoints}`);
}

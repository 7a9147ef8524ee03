import type { EngineApi } from './engine-api.ts';

/** Makes sure the engine has an image, while `use` runs; one that it did not have before is removed afterwards. */
export async function withImage<T>(api: EngineApi, reference: string, use: () => Promise<T>): Promise<T> {
  const giveBack = await borrowImage(api, reference);
  return use().finally(giveBack);
}

/** The same for uses that do not end with a call: resolves with the function that gives the image back. */
export async function borrowImage(api: EngineApi, reference: string): Promise<() => Promise<void>> {
  const { status } = await api.ask('GET', `/images/${reference}/json`);
  if (status === 200) return async () => {};
  await api.pull(reference);
  return async () => void (await api.ask('DELETE', `/images/${reference}`));
}

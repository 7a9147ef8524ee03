import type { FaultProxy } from './fault-proxy.ts';

/**
 * Has a deed done by somebody else just before the first call that matches `METHOD /path`, which waits for it.
 * Resolves with what the deed came to.
 */
export function stepIn<Result>(proxy: FaultProxy, moment: RegExp, deed: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    proxy.setFault(async ({ method, path }) => {
      if (!moment.test(`${method} ${path}`)) return undefined;
      proxy.setFault(() => undefined);
      await deed().then(resolve, reject);
      return undefined;
    });
  });
}

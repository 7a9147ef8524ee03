/** Calls back once after so many milliseconds, unless the function it returns is called before. */
export type SetTimer = (callback: () => void, milliseconds: number) => () => void;

export const setRealTimer: SetTimer = (callback, milliseconds) => {
  const timer = setTimeout(callback, milliseconds);
  return () => clearTimeout(timer);
};

/** Resolves after so many milliseconds, or as soon as the signal aborts. */
export function pause(setTimer: SetTimer, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = setTimer(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Resolves after so many milliseconds, or as soon as one of the signals aborts. */
export async function pause(milliseconds: number, ...signals: readonly AbortSignal[]): Promise<void> {
  await new Promise<void>((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    for (const signal of signals) signal.addEventListener('abort', wake, { once: true });
    if (signals.some((signal) => signal.aborted)) wake();
  });
}

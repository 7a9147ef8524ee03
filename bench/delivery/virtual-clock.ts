/** A clock that runs so many times faster than the real one. */
export interface VirtualClock {
  readonly epoch: number;
  readonly scale: number;
  now(): Date;
  /** Since the beginning. */
  seconds(): number;
  /** How long so many virtual milliseconds really take. */
  real(milliseconds: number): number;
}

export function virtualClock(scale: number, epoch = Date.now()): VirtualClock {
  const elapsed = () => (Date.now() - epoch) * scale;
  return {
    epoch,
    scale,
    now: () => new Date(epoch + elapsed()),
    seconds: () => elapsed() / 1000,
    real: (milliseconds) => milliseconds / scale,
  };
}

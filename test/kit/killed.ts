import type { EngineFault } from './fake-engine.ts';

/** What a process that was killed would see: nothing, so nothing foresees it. */
export class Killed extends Error {
  constructor() {
    super('the process was killed');
    this.name = 'Killed';
  }
}

/**
 * A fault that kills the process under test at call `n` of a fake engine, before or after the call has its effect: that
 * call and all later ones fail, so that no clean-up of a dead process takes place.
 */
export function killAt(n: number, phase: 'before' | 'after'): EngineFault {
  let dead = false;
  return (call, at) => {
    dead ||= call.n === n && at === phase;
    if (dead) throw new Killed();
  };
}

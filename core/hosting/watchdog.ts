import { writeSync } from 'node:fs';
import { readPulse } from './pulse.ts';

/** How long the main thread may do one thing without a pause, in milliseconds. */
export interface Patience {
  readonly every: number;
  readonly tellAfter: number;
  readonly endAfter: number;
}

/** Whoever works for long lets others work meanwhile: two minutes without a pause are no work. */
const patience: Patience = { every: 5_000, tellAfter: 30_000, endAfter: 120_000 };

/**
 * Runs beside the main thread, which cannot help itself while foreign code keeps it in an endless loop: no signal is
 * heard then and no deadline strikes. Says who is at it, and at last ends the process, since whoever starts it again
 * finds everything put in order by recovery. Counts its own rounds and not the time, which also passes while a machine
 * sleeps.
 */
export function watchOver(memory: SharedArrayBuffer, { every, tellAfter, endAfter } = patience): void {
  let last = -1;
  let silent = 0;
  setInterval(() => {
    const { beats, calls } = readPulse(memory);
    silent = beats === last ? silent + every : 0;
    last = beats;
    if (silent === tellAfter) say(calls, silent, `it is ended after ${endAfter / 1000} s`);
    if (silent !== endAfter) return;
    say(calls, silent, 'it is ended now; the next start puts in order what was under way');
    process.kill(process.pid, 'SIGKILL');
  }, every).unref();
}

function say(calls: string, silent: number, then: string): void {
  const who = calls === '' ? 'code that a plugin left behind' : calls;
  const what = `Belfry has been kept from everything else for ${silent / 1000} s, probably by an endless loop in ${who}`;
  // Straight to the file: every other way leads through the thread that does not listen.
  writeSync(2, `${new Date().toISOString()} error ${what}; ${then}\n`);
}

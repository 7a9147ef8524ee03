// Delivers so many messages from the journal of a folder to a sink, until it is killed or all is delivered.
import { startDelivery } from '../../core/delivery/delivery.ts';
import type { BelfryEvent } from '../../core/events.ts';
import { openJournal } from '../../core/journal/journal.ts';
import { silentLog } from '../../core/log.ts';
import { post } from './post.ts';
import { virtualClock } from './virtual-clock.ts';

const [folder = '', port, scale, epoch, messages, leastTimeout] = process.argv.slice(2);
const clock = virtualClock(Number(scale), Number(epoch));
const journal = await openJournal(folder, { now: clock.now });
const delivery = startDelivery({
  journal,
  instances: [
    {
      name: 'sink',
      delivery: 'immediate',
      destination: 'sink',
      backfill: true,
      deliver: (_, { id }) => post(Number(port), id, clock, Number(leastTimeout)),
    },
  ],
  emit: async () => {},
  log: silentLog,
  now: clock.now,
  random: Math.random,
  // On a busy machine an answer that is late by the fast clock has come all the same.
  attemptLimit: Math.max(30_000, 2 * Number(leastTimeout) * Number(scale)),
  setTimer(callback, milliseconds) {
    const timer = setTimeout(callback, clock.real(milliseconds));
    return () => clearTimeout(timer);
  },
});

// The first process states all that there is to tell; a kill in the middle of it leaves the rest to the next.
let stated = 0;
for await (const record of journal.read(0)) stated += record.kind === 'event' ? 1 : 0;
for (; stated < Number(messages); stated += 1) await journal.append({ kind: 'event', event: failure(stated) });

const { waiting } = await delivery.idle(48 * 3_600_000);
await delivery.stop();
await journal.close();
process.exitCode = waiting === 0 ? 0 : 1;

function failure(number: number): BelfryEvent {
  const name = `app-${number}`;
  const problem = { code: 'UNHEALTHY', message: 'it did not get healthy', hint: '' };
  return {
    ...{ id: `evt_${number}`, type: 'failed', time: clock.now().toISOString(), cycle: 'cyc_bench', host: 'bench' },
    workload: { kind: 'container', name, id: name, image: `${name}:1`, project: null, service: null },
    ...{ phase: 'verify', outcome: 'rolled-back', problem, logTail: [], ending: true },
  };
}

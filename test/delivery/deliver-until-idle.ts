// Appends events to the journal of a folder and delivers them to a sink, until it is killed or all is delivered.
// Says the id of each event that the journal has acknowledged.
import { writeSync } from 'node:fs';
import { request } from 'node:http';
import { startDelivery } from '../../core/delivery/delivery.ts';
import { openJournal } from '../../core/journal/journal.ts';
import type { DeliveryAnswer, Message } from '../../core/plugin.ts';
import { fact, say } from '../journal/sample.ts';

const [folder = '', port = '', run = ''] = process.argv.slice(2);
const journal = await openJournal(folder, { now: () => new Date() });
const silent = () => {};
const delivery = startDelivery({
  journal,
  instances: [
    { name: 'sink', delivery: 'immediate', events: ['failed'], pace: { burst: 1000, every: 1 }, deliver: post },
  ],
  emit: async () => {},
  log: { error: silent, warn: silent, info: silent, debug: silent },
  now: () => new Date(),
  random: Math.random,
});

for (let count = 0; count < 40; count += 1) {
  const event = { ...say.rolledBack('new', { time: new Date().toISOString() }), id: `evt_${run}_${count}` };
  await journal.append(fact(event));
  writeSync(1, `${event.id}\n`);
}
process.exitCode = (await delivery.idle(60_000)).waiting === 0 ? 0 : 1;
await delivery.stop();
await journal.close();

function post(message: Message, { id }: { readonly id: string }): Promise<DeliveryAnswer> {
  return new Promise((resolve) => {
    const call = request({ port: Number(port), method: 'POST' }, (response) => {
      response.resume();
      response.on('end', () => resolve({ outcome: 'sent' }));
    });
    call.on('error', (error) => resolve({ outcome: 'retry', why: error.message, after: 5 }));
    call.end(JSON.stringify({ id, event: message.event?.id }));
  });
}

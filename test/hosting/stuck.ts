/** A process whose main thread ends in an endless loop, under the eyes of the loader's thread. */
import { register } from 'node:module';
import { createPulse } from '../../core/hosting/pulse.ts';

const pulse = createPulse(10);
pulse.name('gate (beforeUpdate), ops (deliver)');
register(new URL('./impatient-hook.ts', import.meta.url), { data: pulse.memory });
// As long as it beats nobody minds.
await new Promise((resolve) => setTimeout(resolve, 1_500));
process.stdout.write('alive');
for (;;);

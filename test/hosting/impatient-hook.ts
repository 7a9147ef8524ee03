import { watchOver } from '../../core/hosting/watchdog.ts';

export function initialize(memory: SharedArrayBuffer): void {
  watchOver(memory, { every: 500, tellAfter: 2_000, endAfter: 4_000 });
}

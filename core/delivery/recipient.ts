import type { Instance as Configured } from '../set-up.ts';
import type { Deliver } from './attempt.ts';
import type { Instance } from './worker.ts';

/** What the configuration of every notifier may say. */
interface Settings {
  readonly delivery?: Instance['delivery'];
  readonly events?: Instance['events'];
  readonly backfill?: boolean;
}

/** A notifier as delivery sees it: how it is told is part of its own configuration. */
export function recipientOf({ name, plugin, config }: Configured, deliver: Deliver): Instance {
  const { delivery = 'run', events, backfill = false } = (config ?? {}) as Settings;
  return { name, deliver, delivery, events, backfill, pace: plugin.pace, destination: destinationOf(plugin, config) };
}

/** A destination that cannot be told is one of its own. */
function destinationOf({ destination }: Configured['plugin'], config: unknown): string | undefined {
  try {
    const told: unknown = destination?.(config);
    return typeof told === 'string' && told !== '' ? told : undefined;
  } catch {
    return undefined;
  }
}

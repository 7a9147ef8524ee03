import { createBus } from '../core/bus.ts';
import type { BelfryEvent } from '../core/events.ts';
import { type Host, openHost } from '../core/host.ts';
import { memoryJournal } from '../core/journal/memory-journal.ts';
import { checkPlugin } from '../core/loader.ts';
import { createLog, type Log } from '../core/log.ts';
import type { Plugin, Wiring } from '../core/plugin.ts';
import { createFakeClock } from './kit/fake-clock.ts';

/** A plugin to put into the test's own hands; `setup` returns what is given. */
export function pluginNamed(name: string, wiring: Wiring | Plugin['setup'] = {}): Plugin {
  return {
    name,
    apiVersion: 1,
    summary: 'A plugin under test.',
    setup: typeof wiring === 'function' ? wiring : () => wiring,
  };
}

export interface Hosted {
  readonly host: Host;
  readonly bus: ReturnType<typeof createBus>;
  readonly events: readonly BelfryEvent[];
  readonly logged: readonly string[];
}

/** Sets plugins up as Belfry does, except that they need not lie anywhere, and lets them listen. */
export async function hostOf(
  plugins: readonly Plugin[],
  {
    config,
    labels,
    lacking,
  }: {
    readonly config?: unknown;
    /** The labels without which each is not loaded. */
    readonly labels?: readonly string[];
    readonly lacking?: string | undefined;
  } = {},
): Promise<Hosted> {
  const clock = createFakeClock();
  const logged: string[] = [];
  const log: Log = createLog({ level: 'debug', write: (line) => void logged.push(line.slice(25)), now: clock.date });
  const unused = async () => {
    throw new Error('not needed here');
  };
  const services = {
    ...{ log, now: clock.date, sleep: clock.sleep, timeZone: 'UTC', folder: '/' },
    ...{ http: unused, state: unused, routes: unused, logs: unused, exec: unused },
    registry: { manifest: unused, blob: unused },
    lacking: async () => lacking,
  };
  const given = { ...(config === undefined ? {} : { config }), ...(labels === undefined ? {} : { labels }) };
  const uses = plugins.map((_, at) => ({ use: `${at}`, ...given }));
  const host = await openHost(uses, services, async (use) => checkPlugin(use, plugins[Number(use)]));
  const bus = createBus({ journal: memoryJournal(), host: 'test', log, now: clock.date });
  const events: BelfryEvent[] = [];
  bus.on((event) => events.push(event));
  host.listen(bus);
  return { host, bus, events, logged };
}

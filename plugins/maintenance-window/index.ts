import { type Defer, defer, definePlugin, veto } from 'belfry/plugin';
import type { Blackout } from './blackout.ts';
import { config } from './config.ts';
import { dateText, nextOpening } from './openings.ts';
import { parseWindows, type Window } from './windows.ts';
import { type Zone, zoneNamed } from './zone.ts';

const label = 'maintenance-window';

export default definePlugin({
  name: 'maintenance-window',
  apiVersion: 1,
  summary: 'Allows updates only in certain hours, and never on certain dates.',
  labels: { [label]: 'Its own hours, such as `sat,sun 02:00-05:00`, within those of the configuration.' },
  config,
  setup(context) {
    const { windows, blackout, timeZone } = context.config;
    let zone: Zone | undefined;
    return {
      beforeUpdate({ labels }) {
        const text = labels[`belfry.${label}`]?.trim() ?? '';
        const own = text === '' ? [] : parseWindows(text);
        if (typeof own === 'string') return veto(`its label belfry.${label} cannot be understood: ${own}`);
        zone ??= zoneNamed(timeZone ?? context.timeZone);
        return closed({ zone, windows, own, blackout }, context.now().getTime());
      },
    };
  },
});

interface Hours {
  readonly zone: Zone;
  /** Those of the configuration and those of the container; where there are none, it is always open. */
  readonly windows: readonly Window[];
  readonly own: readonly Window[];
  readonly blackout: readonly Blackout[];
}

/** Until when it is closed, and why; undefined while it is open. */
function closed({ zone, windows, own, blackout }: Hours, now: number): Defer | undefined {
  const opening = nextOpening({ zone, sets: [windows, own], blackout }, now);
  if (opening === now) return undefined;
  const isOpen = (set: readonly Window[]) => nextOpening({ zone, sets: [set], blackout: [] }, now) === now;
  const today = dateText(zone.dayAt(now));
  const reason = blackout.some((one) => one.covers(today))
    ? `${today} is a blackout date (${zone.name})`
    : isOpen(windows)
      ? `outside its own maintenance window, ${textOf(own, zone)}`
      : `outside the maintenance window, ${textOf(windows, zone)}`;
  return opening === undefined ? defer(`${reason}; none opens within two years`) : defer(reason, new Date(opening));
}

const textOf = (windows: readonly Window[], { name }: Zone) =>
  `${windows.map(({ text }) => text).join('; ')} (${name})`;

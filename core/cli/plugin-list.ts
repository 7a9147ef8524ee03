import type { Writer } from '../app.ts';
import { labelPrefixes } from '../config/table.ts';
import { type Decision, decisionNames } from '../decisions.ts';
import type { EventType } from '../events.ts';
import type { Host, Instance } from '../host.ts';
import type { Failure } from '../hosting/tally.ts';

/** One instance in force, as `belfry plugins` tells of it. */
export interface Listed {
  readonly name: string;
  readonly use: string;
  readonly summary: string;
  /** The decisions it answers, and `deliver` for a notifier. */
  readonly decisions: readonly (Decision | 'deliver')[];
  readonly events: readonly EventType[];
  /** Milliseconds. */
  readonly loadMs: number;
  /** Null where it was only set up to be shown. */
  readonly state: ListedState | null;
}

/** How an instance has fared since it was set up. */
export interface ListedState {
  /** Events heard, questions answered, messages taken. */
  readonly calls: number;
  /** Events lost because it was too slow. */
  readonly dropped: number;
  readonly failures: number;
  readonly lastFailure: Failure | null;
  /** What it has not come to yet: events, and for a notifier messages. */
  readonly waiting: { readonly events: number; readonly messages: number };
}

/** The plugins in force. */
export interface InForce {
  readonly plugins: readonly Listed[];
  /** Those that are loaded only for a container with one of these labels, and were not yet. */
  readonly asleep: readonly { readonly use: string; readonly labels: readonly string[] }[];
}

/** The plugins of a Belfry that is at work. */
export interface Running extends InForce {
  /** The configuration file; null without one. */
  readonly file: string | null;
  /** When they were set up, ISO 8601. */
  readonly since: string;
}

export async function describeRunning({ host, delivery, configured }: Writer): Promise<Running> {
  const messages = await delivery.waiting();
  const states = new Map(host.states().map((state) => [state.name, state]));
  const stateOf = (name: string): ListedState | null => {
    const state = states.get(name);
    if (state === undefined) return null;
    const { calls, dropped, failures, lastFailure, waiting } = state;
    return { calls, dropped, failures, lastFailure, waiting: { events: waiting, messages: messages[name] ?? 0 } };
  };
  const { plugins, asleep } = describeHost(host);
  return { ...configured, asleep, plugins: plugins.map((listed) => ({ ...listed, state: stateOf(listed.name) })) };
}

/** The plugins of a host, without how they have fared. */
export function describeHost({ instances, asleep }: Host): InForce {
  const labelled = (suffix: string) => labelPrefixes.belfry + suffix;
  return {
    plugins: instances.map(describe),
    asleep: asleep().map(({ use, labels = [] }) => ({ use, labels: labels.map(labelled) })),
  };
}

function describe({ name, use, plugin, wiring, loadMs }: Instance): Listed {
  const asked = decisionNames.filter((decision) => wiring[decision] !== undefined);
  const events = Object.keys(wiring.on ?? {}) as EventType[]; // checked when it was set up
  return {
    ...{ name, use, summary: plugin.summary, loadMs: Math.round(loadMs), state: null },
    decisions: wiring.deliver === undefined ? asked : [...asked, 'deliver'],
    events,
  };
}

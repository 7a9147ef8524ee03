import type { Code } from '../errors/catalogue.ts';

/** What is wrong with a plugin beside its shape, as whoever made it found out. */
export interface Fault {
  readonly code: Code;
  /** Behind `plugin "x": `. */
  readonly message: string;
  readonly hint?: string;
}

/** The same in every copy of this module, also in one that a plugin's loader has made for itself. */
const mark = Symbol.for('belfry:faults');

/** A plugin that is refused with these when it is loaded, together with whatever else is wrong with it. */
export function withFaults<Made extends object>(plugin: Made, faults: readonly Fault[]): Made {
  return faults.length === 0 ? plugin : { ...plugin, [mark]: faults };
}

export function faultsIn(plugin: object): readonly Fault[] {
  return (plugin as { readonly [mark]?: readonly Fault[] })[mark] ?? [];
}

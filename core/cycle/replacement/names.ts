/** How far an interrupted replacement had come stands in the names of its containers. */
export const suffixes = {
  /** Created, not yet in charge. */
  new: '.belfry-new',
  /** The original, parked until the new one is proven. */
  old: '.belfry-old',
  /** The same for a workload that was not running and is not to be started. */
  newStopped: '.belfry-new-stopped',
  oldStopped: '.belfry-old-stopped',
} as const;

/** Of the container that replaces the one Belfry itself runs in; it is no part of the replacement. */
export const helperSuffix = '.belfry-helper';

export type Role = keyof typeof suffixes;

/** The workload's name and the part its container plays; undefined for a name that is not a parking name. */
export function parked(name: string): { readonly name: string; readonly role: Role } | undefined {
  for (const [role, suffix] of Object.entries(suffixes)) {
    if (name.endsWith(suffix)) return { name: name.slice(0, -suffix.length), role: role as Role };
  }
  return undefined;
}

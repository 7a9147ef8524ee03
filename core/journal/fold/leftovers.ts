import type { LeftBehind } from '../port.ts';
import type { JournalRecord } from '../record.ts';
import { remember } from './bounded.ts';

/** What the last update did that concerned an image: it left it behind, or took it. */
interface Fate {
  readonly left: Omit<LeftBehind, 'previousSince'> | undefined;
  readonly seq: number;
}

// Those that are gone from the engine are among them, and are forgotten by their age only.
const mostImages = 1000;

/** The images that updates left behind, and which of them each container ran before its last update. */
export function foldLeftovers() {
  const fates = new Map<string, Fate>();
  const previous = new Map<string, { readonly imageId: string; readonly time: string; readonly seq: number }>();
  return {
    leftBehind(): readonly LeftBehind[] {
      const since = new Map<string, string>();
      for (const { imageId, time } of previous.values()) {
        if (time > (since.get(imageId) ?? '')) since.set(imageId, time);
      }
      return [...fates.values()].flatMap(({ left }) =>
        left === undefined ? [] : [{ ...left, previousSince: since.get(left.imageId) ?? null }],
      );
    },
    apply(record: JournalRecord): void {
      if (record.kind !== 'event' || record.event.type !== 'recreated') return;
      const { from, to, workload, time } = record.event;
      const { seq } = record;
      if (from.imageId === to.imageId) return;
      if (from.imageId !== null) {
        const { imageId, reference, digest } = from;
        remember(fates, imageId, { left: { imageId, reference, digest, workload, replacedAt: time }, seq }, mostImages);
        remember(previous, workload.name, { imageId, time, seq });
      }
      if (to.imageId !== null) remember(fates, to.imageId, { left: undefined, seq }, mostImages);
    },
    needs: (): readonly number[] => [...fates.values(), ...previous.values()].map(({ seq }) => seq),
  };
}

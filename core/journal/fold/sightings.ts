import type { JournalRecord } from '../record.ts';
import { remember } from './bounded.ts';

interface Sighting {
  readonly digest: string;
  readonly time: string;
  readonly seq: number;
}

// More candidates than these for one tag have long been superseded.
const digestsPerReference = 4;

/** When each digest was first seen under its reference, kept for the youngest few of each. */
export function foldSightings() {
  const sightings = new Map<string, readonly Sighting[]>();
  return {
    firstSeen: (reference: string, digest: string): string | undefined =>
      sightings.get(reference)?.find((sighting) => sighting.digest === digest)?.time,
    apply(record: JournalRecord): void {
      if (record.kind !== 'event' || record.event.type !== 'found') return;
      const { to, time } = record.event;
      const { reference, digest } = to;
      const known = sightings.get(reference) ?? [];
      if (digest === null || known.some((sighting) => sighting.digest === digest)) return;
      remember(sightings, reference, [...known, { digest, time, seq: record.seq }].slice(-digestsPerReference));
    },
    needs: (): readonly number[] => [...sightings.values()].flatMap((known) => known.map(({ seq }) => seq)),
  };
}

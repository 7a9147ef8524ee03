import type { Approval } from '../../decisions.ts';
import type { ImageVersion } from '../../events.ts';
import type { JournalRecord } from '../record.ts';
import { keyOf, remember } from './bounded.ts';

interface Word extends Approval {
  readonly image: string;
  readonly seq: number;
}

// Words about more images of one container have long been superseded.
const imagesPerContainer = 4;

/** What somebody said of an image for a container, kept for the last few images of each. */
export function foldApprovals() {
  const words = new Map<string, readonly Word[]>();
  return {
    approval(container: string, image: Image): Approval | undefined {
      const name = nameOf(image);
      const word = words.get(keyOf(container, image.reference))?.find((one) => one.image === name);
      return word === undefined ? undefined : { verdict: word.verdict, time: word.time };
    },
    apply(record: JournalRecord): void {
      if (record.kind !== 'approval') return;
      const { workload, to, verdict, time, seq } = record;
      const image = nameOf(to);
      if (image === null) return;
      const key = keyOf(workload.name, to.reference);
      const others = (words.get(key) ?? []).filter((word) => word.image !== image);
      remember(words, key, [...others, { image, verdict, time, seq }].slice(-imagesPerContainer));
    },
    needs: (): readonly number[] => [...words.values()].flatMap((known) => known.map(({ seq }) => seq)),
  };
}

type Image = Pick<ImageVersion, 'reference' | 'digest' | 'imageId'>;

/** By its digest; one that was never in a registry by its id. */
const nameOf = ({ digest, imageId }: Image) => digest ?? imageId;

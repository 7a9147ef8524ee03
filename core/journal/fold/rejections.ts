import type { Failed, Recreated } from '../../events.ts';
import type { JournalRecord } from '../record.ts';
import { keyOf, remember } from './bounded.ts';

/** Which digest failed last, by container and reference: it is not tried again by itself. */
export function foldRejections() {
  const rejected = new Map<string, { readonly digest: string; readonly seq: number; readonly byHand: boolean }>();
  return {
    rejected: (container: string, reference: string): string | undefined =>
      rejected.get(keyOf(container, reference))?.digest,
    leftByHand: (container: string, reference: string): boolean =>
      rejected.get(keyOf(container, reference))?.byHand ?? false,
    apply(record: JournalRecord): void {
      if (record.kind !== 'event') return;
      const { event } = record;
      if (event.type !== 'failed' && event.type !== 'recreated') return;
      if (event.workload === null) return;
      const { name } = event.workload;
      const refused = event.type === 'failed' ? provenBad(event) : leftBehind(event);
      if (refused?.digest) {
        const { digest, reference } = refused;
        const byHand = event.type === 'recreated';
        remember(rejected, keyOf(name, reference), { digest, seq: record.seq, byHand });
      } else if (event.type === 'recreated') {
        rejected.delete(keyOf(name, event.to.reference));
      }
    },
    needs: (): readonly number[] => [...rejected.values()].map(({ seq }) => seq),
  };
}

// These ended an update without a word about the image: it deserves another try.
const notTheImage = new Set([
  ...['STOPPED_BY_SIGNAL', 'CONTAINER_CHANGED', 'RECOVERED'],
  ...['ENGINE_UNREACHABLE', 'ENGINE_ANSWER_INVALID', 'ENGINE_TIMEOUT', 'GROUP_ROLLED_BACK'],
]);

function provenBad({ outcome, phase, problem, to }: Failed) {
  // Before its start nothing has spoken against an image but the engine.
  if (phase !== 'start' && phase !== 'verify') return undefined;
  if (outcome !== 'rolled-back' && outcome !== 'down') return undefined;
  return notTheImage.has(problem.code) ? undefined : to;
}

const leftBehind = ({ rollback, from }: Recreated) => (rollback ? from : undefined);

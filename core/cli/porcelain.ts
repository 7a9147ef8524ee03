import type { Settings } from '../config/settings.ts';
import type { BelfryEvent, Finished, ReportItem } from '../events.ts';
import { oneLine } from '../one-line.ts';

/** One container as Watchtower's `--porcelain` tells of it. */
interface Row {
  readonly name: string;
  readonly image: string;
  /** The engine's id of the image in use; empty where it is not known. */
  readonly image_id: string;
  /** The same of the newer image; the digest of its manifest as long as the engine does not have it. */
  readonly latest_image_id: string;
  readonly state: 'Updated' | 'Restarted' | 'Failed' | 'Stale' | 'Skipped' | 'Fresh';
  readonly update_available: boolean;
  readonly error?: string;
}

/** What Watchtower prints of a cycle: `v1` is a line for each container, `json` an object that holds all of them. */
export function porcelainText(
  form: NonNullable<Settings['porcelain']>,
  finished: Finished,
  events: readonly BelfryEvent[],
): string {
  const rows = [...finished.items.map(rowOf), ...freshRows(events)];
  if (form === 'json') return JSON.stringify({ containers: rows }, null, 2);
  if (rows.length === 0) return 'no containers matched filter';
  return rows.map(({ name, image, state, error }) => `${name} (${image}): ${state}${suffix(error)}`).join('\n');
}

const suffix = (error: string | undefined) => (error === undefined ? '' : ` Error: ${error}`);

const states = {
  recreated: 'Updated',
  restarted: 'Restarted',
  failed: 'Failed',
  available: 'Stale',
  skipped: 'Skipped',
} as const satisfies Readonly<Record<ReportItem['state'], Row['state']>>;

function rowOf({ workload, state, from, to, problem }: ReportItem): Row {
  const [current, latest] = [short(from?.imageId), short((to ?? from)?.imageId ?? to?.digest)];
  const tellsWhy = (state === 'failed' || state === 'skipped') && problem !== null;
  return {
    name: workload.name,
    image: tagged(workload.image),
    image_id: current,
    latest_image_id: latest,
    state: states[state],
    update_available: current !== latest,
    ...(tellsWhy ? { error: oneLine(problem.message.replace(/\s+/g, ' ')) } : {}),
  };
}

function freshRows(events: readonly BelfryEvent[]): readonly Row[] {
  return events
    .flatMap((event): readonly Row[] => {
      if (event.type !== 'checked' || !event.upToDate) return [];
      const { name, image } = event.workload;
      const id = short(event.imageId);
      const common = { image_id: id, latest_image_id: id, update_available: false } as const;
      return [{ name, image: tagged(image), ...common, state: 'Fresh' }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const short = (id: string | null | undefined) => (id ?? '').replace(/^sha256:/, '').slice(0, 12);

/** Watchtower always names a tag. */
const tagged = (image: string) => (/[:@][^/]*$/.test(image) ? image : `${image}:latest`);

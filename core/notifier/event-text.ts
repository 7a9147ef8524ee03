import type { BelfryEvent, Counts, Failed, Finished, ImageVersion, Recovered, Recreated } from '../events.ts';

/** One line for people: who, what, and for a failure first the state it left behind. */
export function eventText(event: BelfryEvent): string {
  const name = event.workload?.name ?? '';
  switch (event.type) {
    case 'started':
      return `cycle started (${event.trigger})`;
    case 'checked':
      return event.upToDate ? `${name} is up to date` : `${name} is behind its registry`;
    case 'found':
      return `${name}: ${change(event.from, event.to)} is available`;
    case 'skipped':
      return `${name} is left as it is: ${refusalText(event)}`;
    case 'pulled':
      return `${name}: pulled ${versionText(event.to)} in ${event.seconds.toFixed(1)} s`;
    case 'recreated':
      return `${name}: ${updatedWord(event)} ${change(event.from, event.to)}${downtime(event.downtimeMs)}`;
    case 'restarted':
      return `${name}: restarted with its provider`;
    case 'failed':
      return `${failureText(event)}: ${event.problem.message} (${event.problem.code})`;
    case 'cleaned':
      return `removed ${event.images.join(', ')} (${megabytes(event.bytes)})`;
    case 'recovered':
      return `${name}: an interrupted update was ${recoveredText(event)}`;
    case 'delivered':
      return `${event.instance}: message ${event.message} ${event.outcome}`;
    case 'finished':
      return `cycle finished in ${event.seconds.toFixed(1)} s: ${countsText(event)}`;
  }
}

/** What the replacement of a container was. */
export const updatedWord = ({ rollback }: Pick<Recreated, 'rollback'>): string =>
  rollback ? 'rolled back by hand' : 'updated';

function recoveredText({ outcome, from, to }: Recovered): string {
  if (outcome === 'updated') return `finished${from && to ? `: updated ${change(from, to)}` : ''}`;
  return outcome === 'down' ? 'not put in order: it is DOWN' : 'undone: it is as it was before';
}

/** `1.26 -> 1.27`, or by digest where both carry the same version or none. */
export function change(from: ImageVersion, to: ImageVersion): string {
  const versions = [from.version, to.version];
  if (versions[0] !== null && versions[1] !== null && versions[0] !== versions[1]) return versions.join(' -> ');
  return `${to.version === null ? '' : `${to.version} `}${shortDigest(from)} -> ${shortDigest(to)}`;
}

/** Why something is not done, with the code, who says so, and until when: `not now (GATE_REFUSED by night), until …`. */
export function refusalText({ reason, code, by, until }: Refusal): string {
  const who = by === null || by === 'core' ? '' : ` by ${by}`;
  const when = until == null ? '' : `, until ${until.replace(/\.\d+Z$/, 'Z')}`;
  return `${reason} (${code}${who})${when}`;
}

interface Refusal {
  readonly reason: string;
  readonly code: string;
  readonly by: string | null;
  /** ISO 8601. */
  readonly until?: string | null;
}

/** The version an image states, else the start of its digest. */
function versionText(image: ImageVersion): string {
  return image.version ?? shortDigest(image);
}

/** What a failure means for its workload, in the words of the first line of a message. */
function failureText({
  workload,
  outcome,
  phase,
  from,
}: Pick<Failed, 'workload' | 'outcome' | 'phase' | 'from'>): string {
  if (workload === null) return `${phase} failed`;
  const version = from === undefined ? 'as before' : versionText(from);
  switch (outcome) {
    case 'down':
      return `${workload.name} is DOWN`;
    case 'rolled-back':
      return `${workload.name} still runs ${version} (rolled back)`;
    case 'updated':
      return `${workload.name} is updated, but ${phase} failed`;
    case 'unchanged':
      return `${workload.name} is unchanged, ${phase} failed`;
  }
}

/** `1 failed, 2 updated, 31 up to date`, worst first, without zeros. */
export function countsText({ counts }: Pick<Finished, 'counts'>): string {
  const said = countWords(counts).map(([count, word]) => `${count} ${word}`);
  return said.length === 0 ? 'nothing to watch' : said.join(', ');
}

/** What there is at least one of, worst first. */
function countWords(counts: Counts): readonly (readonly [count: number, word: string])[] {
  const all = [
    [counts.down, 'down'],
    [counts.failed - counts.down, 'failed'],
    [counts.recreated, 'updated'],
    [counts.restarted, 'restarted'],
    [counts.available, 'available'],
    [counts.skipped, 'skipped'],
    [counts.upToDate, 'up to date'],
  ] as const;
  return all.filter(([count]) => count > 0);
}

function shortDigest({ digest, imageId }: ImageVersion): string {
  return (digest ?? imageId ?? 'unknown').replace(/^sha256:/, '').slice(0, 8);
}

function downtime(milliseconds: number | null): string {
  return milliseconds === null ? '' : `, down for ${(milliseconds / 1000).toFixed(1)} s`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

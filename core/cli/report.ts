import type { Preview } from '../cycle/preview.ts';
import type { CleanupCandidate } from '../decisions.ts';
import type { BelfryEvent, Finished, ReportItem, Workload } from '../events.ts';
import { change, countsText, refusalText } from '../notifier/event-text.ts';
import { type Colour, type Terminal, table } from './terminal.ts';

/** The table of a cycle: what is down first, what is up to date last. */
export function reportTable(finished: Finished, events: readonly BelfryEvent[], terminal: Terminal): string {
  const { style } = terminal;
  const rows = [
    ...finished.items.map((item) => {
      const { word, colour } = wordOf(item);
      const versions = item.from === null || item.to === null ? '' : change(item.from, item.to);
      return [style(colour, word), item.workload.name, item.workload.image, versions, detailOf(item)];
    }),
    ...upToDateOf(events).map(({ name, image }) => [style('green', 'up to date'), name, image, '', '']),
  ];
  const counts = countsText(finished);
  if (rows.length === 0) return counts;
  return `${table(['STATE', 'NAME', 'IMAGE', 'VERSION', 'WHY'], rows, terminal)}\n\n${counts}`;
}

/** What is up to date, by name: registries answer in any order. */
export function upToDateOf(events: readonly BelfryEvent[]): readonly Workload[] {
  return events
    .flatMap((event) => (event.type === 'checked' && event.upToDate ? [event.workload] : []))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function wordOf({ state, outcome, phase }: ReportItem): { readonly word: string; readonly colour: Colour } {
  if (state === 'failed' && outcome === 'down') return { word: 'DOWN', colour: 'red' };
  if (state === 'failed' && outcome === 'rolled-back') return { word: 'rolled back', colour: 'red' };
  if (state === 'failed') return { word: 'failed', colour: 'red' };
  if (state === 'available') return { word: 'available', colour: 'cyan' };
  if (state === 'skipped') return { word: 'skipped', colour: 'yellow' };
  if (phase === 'rollback') return { word: 'rolled back by hand', colour: 'green' };
  return { word: state === 'recreated' ? 'updated' : 'restarted', colour: 'green' };
}

function detailOf({ problem, by, until, downtimeMs }: ReportItem): string {
  if (problem?.code === 'DRY_RUN') return 'would be updated';
  if (problem !== null) return refusalText({ reason: problem.message, code: problem.code, by, until });
  return downtimeMs === null ? '' : `down for ${(downtimeMs / 1000).toFixed(1)} s`;
}

/** What a dry run says of each container that is behind. */
export function previewText(preview: Preview, { style }: Terminal): string {
  const { workload, from, to, refusal, follows, files, notPreserved, recreates, restarts, rollback } = preview;
  const { code, by, until } = preview;
  const lines = [
    style('bold', `${workload.name}  ${change(from, to)}`),
    refusal === null || code === null
      ? '  would be updated'
      : `  would be left as it is: ${refusalText({ reason: refusal, code, by, until })}`,
    ...follows.map((line) => `  follows the new image: ${line}`),
    ...files.map((path) => `  is copied along: ${path}`),
    ...notPreserved.map((line) => `  cannot be preserved: ${line}`),
    ...recreates.map((name) => `  made anew with it, because it hangs on it: ${name}`),
    ...restarts.map((name) => `  restarted after it: ${name}`),
    `  rollback: ${rollback === 'original' ? 'the original container itself' : 'made again from its settings (--rm)'}`,
  ];
  return lines.join('\n');
}

/** What a dry run says of an image that a clean-up would remove. */
export function removalText({ references, imageId, bytes, replacedBy }: CleanupCandidate): string {
  const name = references.length === 0 ? imageId : references.join(', ');
  const origin = replacedBy === null ? 'no tag names it' : `left behind by ${replacedBy.name}`;
  return `would remove ${name} (${(bytes / 1e6).toFixed(1)} MB, ${origin})`;
}

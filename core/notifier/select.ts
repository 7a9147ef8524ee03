import { matchesName } from '../config/pattern.ts';
import type { EventType } from '../events.ts';
import { onlyItems } from './build-report.ts';
import type { LooseItem } from './item.ts';
import type { List, Report, Severity } from './report.ts';

/** What an instance wants to be told of; what is not given selects everything. */
export interface Select {
  readonly events?: readonly EventType[] | undefined;
  readonly severity?: Severity | undefined;
  readonly name?: readonly string[] | undefined;
  readonly label?: readonly string[] | undefined;
  readonly image?: readonly string[] | undefined;
  readonly project?: readonly string[] | undefined;
}

/** The events that a list's items come from. */
const eventOf: Readonly<Record<List, EventType>> = {
  failed: 'failed',
  recovered: 'recovered',
  recreated: 'recreated',
  restarted: 'restarted',
  available: 'found',
  held: 'found',
  skipped: 'skipped',
};

const severities: readonly Severity[] = ['info', 'notice', 'warning', 'error'];

const severityOf = (list: List): Severity =>
  list === 'failed' ? 'error' : list === 'held' ? 'warning' : list === 'skipped' ? 'info' : 'notice';

/** The part of a report that an instance wants to be told of. */
export function selectReport(report: Report, given: Select | undefined): Report {
  // How things stand tells of all that stands so, whatever is worth a message by itself.
  const select = report.kind === 'all-quiet' ? { ...given, events: undefined, severity: undefined } : given;
  if (select === undefined || Object.values(select).every((wanted) => wanted === undefined)) return report;
  const least = severities.indexOf(select.severity ?? 'info');
  return onlyItems(
    report,
    (item, list) =>
      (select.events === undefined || select.events.includes(eventOf[list])) &&
      severities.indexOf(severityOf(list)) >= least &&
      isWanted(item, select),
  );
}

/** Whether a report tells of anything but what is as usual. */
export const hasNews = ({ counts }: Report): boolean =>
  counts.failed + counts.recovered + counts.recreated + counts.restarted + counts.available + counts.held > 0;

function isWanted({ name, labels, image, project }: LooseItem, select: Select): boolean {
  const { display, ref, repository } = image;
  const some = (patterns: readonly string[] | undefined, ...texts: readonly (string | null)[]) =>
    patterns === undefined || patterns.some((one) => texts.some((text) => text !== null && matchesName(one, text)));
  return (
    some(select.name, name) &&
    some(select.image, ref, display, repository) &&
    (select.project === undefined || select.project.includes(project ?? '')) &&
    (select.label === undefined || select.label.some((label) => hasLabel(labels, label)))
  );
}

/** `name=value`, or `name` for any value. */
function hasLabel(labels: LooseItem['labels'], wanted: string): boolean {
  const at = wanted.indexOf('=');
  const name = at === -1 ? wanted : wanted.slice(0, at);
  return Object.hasOwn(labels, name) && (at === -1 || labels[name] === wanted.slice(at + 1));
}

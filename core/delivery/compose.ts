import { reportItem, summarize } from '../cycle/report.ts';
import type { BelfryEvent, EventType, Finished, Found, ReportItem, Workload } from '../events.ts';
import type { Memory } from '../journal/port.ts';
import type { Told } from '../journal/record.ts';
import { type About, digestReport, eventReport, quietReport, runReport, type Span } from '../notifier/build-report.ts';
import type { Item, Report } from '../notifier/report.ts';
import { type SampleKind, sampleKinds, sampleReport } from '../notifier/sample.ts';
import type { Message } from '../plugin.ts';
import { emptyItem } from '../report-item.ts';
import { hushed, isWorse, uncheckedAs } from './unchecked.ts';
import { type Selection, worthOf } from './worth.ts';

/** What a message is put together for. */
export interface Recipient extends Selection {
  /** How long the same newer image of a container is not told again, in milliseconds; null for never. */
  readonly remind?: number | null | undefined;
  /** What of a report the instance wants to hear; undefined for nothing. */
  readonly select?: ((report: Report) => Report | undefined) | undefined;
}

export interface Ingredients {
  readonly id: string;
  /** What the message is made of, oldest first; beside the end of a cycle, what it found to be well again. */
  readonly events: readonly BelfryEvent[];
  readonly memory: Memory;
  readonly now: Date;
  readonly deliveryProblems: readonly string[];
}

export interface Composed {
  readonly message: Message;
  readonly tells: readonly Told[];
  /** Whether it tells the instance anything that it does not know yet. */
  readonly news: boolean;
}

/** Puts a message together from events; undefined where nothing of it is what the instance wants to hear. */
export function compose(recipient: Recipient, given: Ingredients): Composed | undefined {
  const events = given.events.flatMap((event) => hushed(event, recipient.unknownAfter) ?? []);
  const ingredients = { ...given, events };
  const { now, memory } = given;
  const troubles = memory.troubles(recipient.name);
  const known = knownOf(recipient, ingredients);
  const about: About = { id: ingredients.id, now, known, deliveryProblems: ingredients.deliveryProblems };
  const report = selected(reportOf(recipient, ingredients, about), recipient);
  if (report === undefined) return undefined;
  const since = (name: string) => troubles.get(name)?.time ?? now.toISOString();
  return {
    message: { kind: report.kind, report, event: singleOf(given.events) ?? null },
    tells: toldBy(report, { known, since }),
    news: isNews(report, recipient, ingredients),
  };
}

/** That nothing was told for so long, and how things stand at the end of the last cycle. */
export function composeQuiet(
  recipient: Recipient,
  ingredients: Ingredients,
  { last, ...span }: Span & { readonly last: Finished },
): Message {
  const { id, now, deliveryProblems } = ingredients;
  const about: About = { id, now, known: knownOf(recipient, ingredients), deliveryProblems };
  const finished = (hushed(last, recipient.unknownAfter) ?? last) as Finished;
  const report = quietReport(finished, span, about);
  return { kind: report.kind, report: selected(report, recipient) ?? report, event: null };
}

/** The message of `belfry notify test`. */
export function composeTest(sample: string, about: About & { readonly host: string }): Message {
  const kind = sampleKinds.find((one) => one === sample) ?? ('mixed' satisfies SampleKind);
  const report = sampleReport(kind, about);
  return { kind: report.kind, report, event: null };
}

const selected = (report: Report, { select }: Recipient) => (select === undefined ? report : select(report));

function reportOf(recipient: Recipient, { events, memory }: Ingredients, about: About): Report {
  const failedBefore = new Set([...memory.troubles(recipient.name).keys(), ...events.flatMap(failedNames)]);
  const relieved = events.filter((event) => event.type === 'checked' && failedBefore.has(event.workload.name));
  const single = singleOf(events);
  if (single === undefined || (recipient.delivery === 'digest' && single.type === 'finished')) {
    return digestReport(
      cyclesOf(events.filter((event) => event.type !== 'checked' || relieved.includes(event))),
      about,
    );
  }
  if (single.type === 'finished') return runReport(withRelieved(single, relieved), about);
  return eventReport(single.type === 'checked' && relieved.length > 0 ? asRecovered(single) : single, about);
}

/** The one event that a message is about; undefined where it is about several. */
function singleOf(events: readonly BelfryEvent[]): BelfryEvent | undefined {
  const told = events.filter(({ type }) => type !== 'checked');
  return told.length + events.length === 1 || told.length === 1 ? (told[0] ?? events[0]) : undefined;
}

function failedNames(event: BelfryEvent): readonly string[] {
  if (event.type === 'failed' && event.workload !== null) return [event.workload.name];
  if (event.type !== 'finished') return [];
  return event.items.flatMap(({ state, workload }) => (state === 'failed' ? [workload.name] : []));
}

/** A container that is up to date again stands in no report by itself. */
function withRelieved(finished: Finished, relieved: readonly BelfryEvent[]): Finished {
  const told = new Set(finished.items.map(({ workload }) => workload.name));
  const items = relieved.flatMap(({ workload }) =>
    workload === null || told.has(workload.name) ? [] : lineOf(workload, 'restarted'),
  );
  return items.length === 0 ? finished : { ...finished, items: [...finished.items, ...items] };
}

const lineOf = (workload: Workload, state: ReportItem['state']): ReportItem => ({ ...emptyItem, workload, state });

function asRecovered({ id, time, cycle, host, workload }: Extract<BelfryEvent, { type: 'checked' }>): BelfryEvent {
  return { id, time, cycle, host, workload, type: 'recovered', found: workload.name, outcome: 'unchanged' };
}

/** The cycles that events belong to, as if each had ended with what is known of it. */
function cyclesOf(events: readonly BelfryEvent[]): readonly Finished[] {
  const cycles = new Map<string, BelfryEvent[]>();
  for (const event of events) {
    const cycle = cycles.get(event.cycle) ?? [];
    cycles.set(event.cycle, [...cycle, event]);
  }
  return [...cycles.values()].map((own) => {
    const end = own.find(isFinished);
    return end === undefined
      ? asFinished(own)
      : withRelieved(
          end,
          own.filter(({ type }) => type === 'checked'),
        );
  });
}

const isFinished = (event: BelfryEvent): event is Finished => event.type === 'finished';

function asFinished(events: readonly BelfryEvent[]): Finished {
  const found = new Map<string, Found>();
  const lines = new Map<string, ReportItem>();
  let reclaimedBytes = 0;
  for (const event of events) {
    if (event.type === 'cleaned') reclaimedBytes += event.bytes;
    if (event.workload === null) continue;
    const { name } = event.workload;
    if (event.type === 'found') {
      found.set(name, event);
      const { from, to, bump, firstSeen = null, downloadBytes } = event;
      lines.set(name, { ...lineOf(event.workload, 'available'), from, to, bump, firstSeen, downloadBytes });
    }
    const isWell = event.type === 'recovered' || event.type === 'checked';
    const item = isWell ? lineOf(event.workload, 'restarted') : reportItem(event, found.get(name));
    if (item !== undefined) lines.set(name, item);
  }
  const { id = '', time = '', cycle = '', host = '' } = events.at(-1) ?? {};
  const facts = { cycle, trigger: 'schedule', dryRun: false, startedAt: events[0]?.time ?? time, seconds: 0 } as const;
  const summary = summarize({ ...facts, upToDate: 0, items: [...lines.values()], reclaimedBytes });
  return { ...summary, id, time, host };
}

type Known = NonNullable<About['known']>;

function knownOf({ name: instance }: Recipient, { events, memory }: Ingredients): Known {
  const troubles = memory.troubles(instance);
  const candidates = new Map(events.flatMap(candidatesIn));
  return (name) => {
    const last = memory.lastTold(instance, 'available', name);
    const failedSince = troubles.get(name)?.time;
    const times = last !== undefined && last.candidate === candidates.get(name) ? last.times + 1 : 0;
    const unchecked = (troubles.get(name)?.unchecked ?? null) !== null;
    return { remindedTimes: times, unchecked, ...(failedSince === undefined ? {} : { failedSince }) };
  };
}

function candidatesIn(event: BelfryEvent): readonly (readonly [string, string])[] {
  if (event.type === 'found') return [[event.workload.name, event.to.digest ?? event.workload.image]];
  if (event.type !== 'finished') return [];
  return event.items.flatMap(({ workload, to }) =>
    to === null ? [] : [[workload.name, to.digest ?? workload.image] as const],
  );
}

/** Which newer image an item is about. */
const candidateOf = ({ to, image }: Item): string => to?.digest ?? image.ref;
const heldCandidateOf = (item: Item): string => `${candidateOf(item)} ${item.code ?? ''}`;

interface Before {
  readonly known: Known;
  readonly since: (name: string) => string;
}

function toldBy(report: Report, { known, since }: Before): readonly Told[] {
  if (report.kind === 'test') return [];
  return [
    ...report.available.map((item): Told => {
      const times = known(item.name)?.remindedTimes ?? 0;
      return { as: 'available', name: item.name, candidate: candidateOf(item), times };
    }),
    ...report.held.map((item): Told => ({ as: 'held', name: item.name, candidate: heldCandidateOf(item) })),
    ...report.failed
      .filter(({ id }) => id !== '')
      .map((item): Told => {
        const candidate = uncheckedAs(item);
        const begun = item.failedSince ?? since(item.name);
        return { as: 'failed', name: item.name, since: begun, ...(candidate === undefined ? {} : { candidate }) };
      }),
    ...[...report.recovered, ...checkedAgain(report)].map(({ name }): Told => ({ as: 'recovered', name })),
  ];
}

/** What had been told of as not to be checked, and stands among what is to be done now. */
const checkedAgain = ({ available, held }: Report) => [...available, ...held].filter(({ phase }) => phase === 'check');

function isNews(report: Report, recipient: Recipient, { events, memory, now }: Ingredients): boolean {
  const { recovered, recreated, restarted, available, held } = report;
  if (recovered.length + checkedAgain(report).length > 0) return true;
  const { events: wants, remind = null } = recipient;
  const isDue = (last: string) => remind !== null && now.getTime() - Date.parse(last) >= remind;
  const troubles = memory.troubles(recipient.name);
  const failed = report.failed.filter((item) => {
    const unchecked = uncheckedAs(item);
    const before = troubles.get(item.name);
    if (unchecked === undefined || before === undefined) return true;
    // Where the end of one outage was nothing to tell, the next one is news nevertheless.
    return before.time !== item.failedSince || isWorse(before.unchecked, unchecked) || isDue(before.told);
  });
  const skipped = report.skipped.filter(({ phase }) => phase !== 'check');
  const single = singleOf(events);
  if (single !== undefined && single.type !== 'finished') {
    if (!worthOf(single, recipient)) return false;
    if (available.length + held.length === 0) return failed.length > 0 || report.failed.length === 0;
  }
  const wanted = (...types: readonly EventType[]) => wants === undefined || types.some((type) => wants.includes(type));
  const isNew = (as: 'available' | 'held', name: string, candidate: string) => {
    const last = memory.lastTold(recipient.name, as, name);
    return last?.candidate !== candidate || isDue(last.time);
  };
  return (
    (wanted('failed') && failed.length > 0) ||
    (wanted('recreated') && recreated.length > 0) ||
    (wanted('restarted') && restarted.length > 0) ||
    (wants !== undefined && wanted('skipped') && skipped.length > 0) ||
    (wanted('found') && available.some((item) => isNew('available', item.name, candidateOf(item)))) ||
    (wanted('found', 'skipped') && held.some((item) => isNew('held', item.name, heldCandidateOf(item))))
  );
}

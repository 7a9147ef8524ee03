import { reportItem, summarize } from '../cycle/report.ts';
import type { BelfryEvent, EventType, Finished, Found, ReportItem, Workload } from '../events.ts';
import type { TroubleKind } from '../journal/fold/told.ts';
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
  const { now } = given;
  const known = knownOf(recipient, ingredients);
  const about: About = { id: ingredients.id, now, known, deliveryProblems: ingredients.deliveryProblems };
  const report = selected(reportOf(recipient, ingredients, about), recipient);
  if (report === undefined) return undefined;
  return {
    message: { kind: report.kind, report, event: singleOf(given.events) ?? null },
    tells: toldBy(report, { known, now }),
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
  const [failed, unchecked] = (['failed', 'unchecked'] as const).map(
    (kind) =>
      new Set([...memory.troubles(recipient.name, kind).keys(), ...events.flatMap((event) => troubledIn(event, kind))]),
  );
  const relieved = events.filter(isChecked).filter(({ workload: { name }, upToDate }) => {
    return unchecked?.has(name) || (upToDate && failed?.has(name));
  });
  const single = singleOf(events);
  if (single === undefined || (recipient.delivery === 'digest' && single.type === 'finished')) {
    return digestReport(cyclesOf(events.filter((event) => !isChecked(event) || relieved.includes(event))), about);
  }
  if (single.type === 'finished') return runReport(withRelieved(single, relieved), about);
  const [line] = relieved.map(relievedLine);
  return eventReport(single, about, line);
}

/** The one event that a message is about; undefined where it is about several. */
function singleOf(events: readonly BelfryEvent[]): BelfryEvent | undefined {
  const told = events.filter(({ type }) => type !== 'checked');
  return told.length + events.length === 1 || told.length === 1 ? (told[0] ?? events[0]) : undefined;
}

function troubledIn(event: BelfryEvent, kind: TroubleKind): readonly string[] {
  const isMeant = ({ phase }: Pick<ReportItem, 'phase'>) => (phase === 'check') === (kind === 'unchecked');
  if (event.type === 'failed') return event.workload !== null && isMeant(event) ? [event.workload.name] : [];
  if (event.type !== 'finished') return [];
  return event.items.flatMap((item) => (item.state === 'failed' && isMeant(item) ? [item.workload.name] : []));
}

type Checked = Extract<BelfryEvent, { type: 'checked' }>;
const isChecked = (event: BelfryEvent): event is Checked => event.type === 'checked';

/** A container that is up to date again stands in no report by itself. */
function withRelieved(finished: Finished, relieved: readonly Checked[]): Finished {
  const told = new Set(finished.items.map(({ workload }) => workload.name));
  const items = relieved.filter(({ workload }) => !told.has(workload.name)).map(relievedLine);
  return items.length === 0 ? finished : { ...finished, items: [...finished.items, ...items] };
}

const lineOf = (workload: Workload, state: ReportItem['state']): ReportItem => ({ ...emptyItem, workload, state });

/** What has something newer to run can be checked again, but a failure of its own is not over. */
function relievedLine({ workload, upToDate }: Checked): ReportItem {
  return { ...lineOf(workload, 'restarted'), phase: upToDate ? null : 'check' };
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
    return end === undefined ? asFinished(own) : withRelieved(end, own.filter(isChecked));
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
    const item = isChecked(event)
      ? relievedLine(event)
      : event.type === 'recovered'
        ? lineOf(event.workload, 'restarted')
        : reportItem(event, found.get(name));
    if (item !== undefined) lines.set(name, item);
  }
  const { id = '', time = '', cycle = '', host = '' } = events.at(-1) ?? {};
  const facts = { cycle, trigger: 'schedule', dryRun: false, startedAt: events[0]?.time ?? time, seconds: 0 } as const;
  const summary = summarize({ ...facts, upToDate: 0, items: [...lines.values()], reclaimedBytes });
  return { ...summary, id, time, host };
}

type Known = NonNullable<About['known']>;

function knownOf({ name: instance }: Recipient, { events, memory }: Ingredients): Known {
  const failed = memory.troubles(instance, 'failed');
  const unchecked = memory.troubles(instance, 'unchecked');
  const candidates = new Map(events.flatMap(candidatesIn));
  return (name) => {
    const last = memory.lastTold(instance, 'available', name);
    const failedSince = failed.get(name)?.time;
    const uncheckedSince = unchecked.get(name)?.time;
    const times = last !== undefined && last.candidate === candidates.get(name) ? last.times + 1 : 0;
    return {
      remindedTimes: times,
      ...(failedSince === undefined ? {} : { failedSince }),
      ...(uncheckedSince === undefined ? {} : { uncheckedSince }),
    };
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
  readonly now: Date;
}

function toldBy(report: Report, { known, now }: Before): readonly Told[] {
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
        const begun = item.failedSince ?? now.toISOString();
        return { as: 'failed', name: item.name, since: begun, ...(candidate === undefined ? {} : { candidate }) };
      }),
    ...[...report.recovered, ...checkedAgain(report)].map(({ name, phase }): Told => {
      return { as: 'recovered', name, ...(phase === 'check' ? { candidate: phase } : {}) };
    }),
  ];
}

/** What had been told of as not to be checked, and stands among what is to be done now. */
const checkedAgain = ({ available, held }: Report) => [...available, ...held].filter(({ phase }) => phase === 'check');

function isNews(report: Report, recipient: Recipient, { events, memory, now }: Ingredients): boolean {
  const { recreated, restarted, available, held } = report;
  const failures = memory.troubles(recipient.name, 'failed');
  const troubles = memory.troubles(recipient.name, 'unchecked');
  const recovered = report.recovered.filter(({ name, state }) => {
    // A digest's recipient was told of the end at once, and an update is worth telling in any case.
    return recipient.delivery !== 'digest' || state !== 'restarted' || failures.has(name) || troubles.has(name);
  });
  if (recovered.length + checkedAgain(report).length > 0) return true;
  const { events: wants, remind = null } = recipient;
  const isDue = (last: string) => remind !== null && now.getTime() - Date.parse(last) >= remind;
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

import { type FollowTexts, followRule } from './follow.ts';
import type { ContainerSettings, Settings } from './settings.ts';
import { type Label, labelPrefixes, labels as table } from './table.ts';
import { unreadLabels } from './unread-labels.ts';
import { kinds, readValue, type ValueOf } from './values.ts';

type Labels = Readonly<Record<string, string>>;
type Row = (typeof table)[number];
type Suffix = Row['suffix'];
type LabelValues = { readonly [R in Row as R['suffix']]: ValueOf[R['kind']] | null };

/** What a container's labels make of the settings: where label and setting differ, the one that touches less wins. */
export function containerSettings(labels: Labels, settings: Settings): ContainerSettings {
  const readings = Object.keys(labels).some(isOurs) ? table.map((row) => readLabel(row, labels)) : unsaid;
  const unread = unreadLabels(labels, settings.pluginLabels);
  const values = Object.fromEntries(readings.map(({ suffix, value }) => [suffix, value])) as unknown as LabelValues; // the table's kinds made each what LabelValues says
  const texts: FollowTexts = {
    range: values.follow,
    include: values['follow.include'],
    exclude: values['follow.exclude'],
    transform: values['follow.transform'],
    prerelease: values['follow.prerelease'],
  };
  const saysNothing = Object.values(texts).every((value) => value === null);
  const follow = saysNothing ? null : followRule(texts);
  return {
    enabled: settings.labelEnable ? values.enable === true : values.enable !== false,
    monitorOnly: values['monitor-only'] === true || settings.monitorOnly,
    noPull: values['no-pull'] === true || settings.noPull,
    stopSignal: values['stop-signal'],
    stopTimeout: values['stop-timeout'],
    follow: follow ?? null,
    rerun: values.rerun === true,
    scope: values.scope === 'none' ? null : values.scope,
    stabilityWindow: values['stability-window'] ?? settings.stabilityWindow,
    cooldownDelay: values['cooldown-delay'] ?? settings.cooldownDelay ?? 0,
    problems: [
      ...readings.flatMap((reading) => reading.problems),
      ...unread.problems,
      ...(follow === undefined ? [nothingToFollow] : []),
    ],
    warnings: [...readings.flatMap((reading) => reading.warnings), ...unread.warnings],
  };
}

const nothingToFollow =
  'Its follow labels name no versions to follow: give belfry.follow a range, or belfry.follow.include a pattern.';

interface LabelReading {
  readonly suffix: Suffix;
  readonly value: unknown;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

function readLabel(row: Label & { readonly suffix: Suffix }, labels: Labels): LabelReading {
  const read = namesOf(row).flatMap((name) => {
    const text = labels[name]?.trim() ?? '';
    return text === '' ? [] : { name, text, reading: readValue(row.kind, text) };
  });
  const problems = read.flatMap(({ name, text, reading }) =>
    'problem' in reading ? `The label ${name}=${text} is not ${kinds[row.kind].expects}.` : [],
  );
  const understood = read.flatMap(({ name, reading }) => ('value' in reading ? { name, value: reading.value } : []));
  const [first, second] = understood;
  if (first === undefined) return { suffix: row.suffix, value: null, problems, warnings: [] };
  const agree = second === undefined || first.value === second.value;
  const winner = agree ? first : moreCautious(row, understood, first);
  const warnings = agree ? [] : [`The labels ${first.name} and ${second.name} disagree; ${winner.name} wins.`];
  return { suffix: row.suffix, value: winner.value, problems, warnings };
}

interface Understood {
  readonly name: string;
  readonly value: unknown;
}

function moreCautious({ cautious }: Label, understood: readonly Understood[], first: Understood): Understood {
  if (cautious !== 'longest') return understood.find(({ value }) => value === cautious) ?? first;
  return understood.reduce((longest, one) => (Number(one.value) > Number(longest.value) ? one : longest), first);
}

const isOurs = (name: string) => Object.values(labelPrefixes).some((prefix) => name.startsWith(prefix));

/** Most containers have no label of ours, and a check asks this of every one. */
const unsaid = table.map((row) => readLabel(row, {}));

/** Belfry's own first: it wins where neither value touches less. */
function namesOf({ suffix, own }: Label): readonly string[] {
  const name = labelPrefixes.belfry + suffix;
  return own === true ? [name] : [name, labelPrefixes.watchtower + suffix];
}

import { nearest } from './nearest.ts';
import type { ContainerSettings, Settings } from './settings.ts';
import { type Label, labelPrefixes, labels as table } from './table.ts';
import { kinds, readValue, type ValueOf } from './values.ts';

type Labels = Readonly<Record<string, string>>;
type Row = (typeof table)[number];
type Suffix = Row['suffix'];
type LabelValues = { readonly [R in Row as R['suffix']]: ValueOf[R['kind']] | null };

/** Suffixes that other parts of Belfry read, or that Watchtower alone writes. */
const otherSuffixes = [
  'depends-on',
  'cooldown-delay',
  'container-chain',
  'ephemeral-orchestrator',
  'helper',
  'helper-image',
  'notify',
];

/** What a container's labels make of the settings: where label and setting differ, the one that touches less wins. */
export function containerSettings(labels: Labels, settings: Settings): ContainerSettings {
  const readings = Object.keys(labels).some(isOurs) ? table.map((row) => readLabel(row, labels)) : unsaid;
  const values = Object.fromEntries(readings.map(({ suffix, value }) => [suffix, value])) as unknown as LabelValues; // the table's kinds made each what LabelValues says
  return {
    enabled: settings.labelEnable ? values.enable === true : values.enable !== false,
    monitorOnly: values['monitor-only'] === true || settings.monitorOnly,
    noPull: values['no-pull'] === true || settings.noPull,
    stopSignal: values['stop-signal'],
    stopTimeout: values['stop-timeout'],
    rerun: values.rerun === true,
    scope: values.scope === 'none' ? null : values.scope,
    stabilityWindow: values['stability-window'] ?? settings.stabilityWindow,
    problems: [...readings.flatMap((reading) => reading.problems), ...unsupported(labels)],
    warnings: [...readings.flatMap((reading) => reading.warnings), ...unknownLabels(labels)],
  };
}

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
  const winner = agree ? first : (understood.find(({ value }) => value === row.cautious) ?? first);
  const warnings = agree ? [] : [`The labels ${first.name} and ${second.name} disagree; ${winner.name} wins.`];
  return { suffix: row.suffix, value: winner.value, problems, warnings };
}

const isOurs = (name: string) => Object.values(labelPrefixes).some((prefix) => name.startsWith(prefix));

/** Most containers have no label of ours, and a check asks this of every one. */
const unsaid = table.map((row) => readLabel(row, {}));

/** Belfry's own first: it wins where neither value touches less. */
function namesOf({ suffix, own }: Label): readonly string[] {
  const name = labelPrefixes.belfry + suffix;
  return own === true ? [name] : [name, labelPrefixes.watchtower + suffix];
}

/** A label that asks for restraint Belfry cannot keep is a problem: the container is left alone. */
function unsupported(labels: Labels): readonly string[] {
  const name = `${labelPrefixes.watchtower}cooldown-delay`;
  const delay = labels[name] ?? '';
  return ['', '0', '0s'].includes(delay)
    ? []
    : [`The label ${name}=${delay} asks for a cool-down, which does not exist yet.`];
}

function unknownLabels(labels: Labels): readonly string[] {
  const suffixes = [...table.map((row) => row.suffix), ...otherSuffixes];
  return Object.keys(labels).flatMap((name) => {
    const prefix = Object.values(labelPrefixes).find((candidate) => name.startsWith(candidate));
    const suffix = prefix === undefined ? '' : name.slice(prefix.length);
    if (prefix === undefined || suffix.startsWith('lifecycle.') || suffixes.includes(suffix)) return [];
    const meant = nearest(suffix, suffixes);
    return `The label ${name} is not one Belfry knows.${meant === undefined ? '' : ` Did you mean ${prefix}${meant}?`}`;
  });
}

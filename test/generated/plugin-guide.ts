import { type Decision, type DecisionRules, decisions } from '../../core/decisions.ts';
import { catalogue } from '../../core/errors/catalogue.ts';
import type { EventOf, EventType } from '../../core/events.ts';
import { withBlock } from './plugin-page.ts';
import { table } from './settings-table.ts';

/** The guide with the headers of all decisions and events, and the codes of all mistakes, as they are now. */
export function pluginGuide(path: string, text: string): string {
  const headers = (Object.keys(decisions) as Decision[]).map((decision) => [decision, headerOf(decision)] as const);
  const blocks = [...headers, ['events', eventTable()], ['mistakes', mistakes()]] as const;
  return blocks.reduce((page, [name, content]) => withBlock({ path, text: page, name }, content), text);
}

interface Told {
  readonly when: string;
  /** What it is asked with, as the types call it. */
  readonly asks: string;
  /** How several answers become one. */
  readonly combined: string;
  /** The release that had it first. */
  readonly since: string;
}

const told: { readonly [D in Decision]: Told } = {
  beforeCycle: { when: 'before a cycle looks at anything', asks: 'CyclePlan', combined: '–', since: '0.1' },
  beforeUpdate: { when: 'before any pull', asks: 'Plan', combined: 'first refusal wins', since: '0.1' },
  beforeReplace: {
    when: 'the new container is made, the old one still runs',
    asks: 'Plan',
    combined: 'first refusal wins',
    since: '0.1',
  },
  checkHealth: { when: 'the new container runs', asks: 'Plan', combined: 'unanimous', since: '0.1' },
  afterUpdate: { when: 'the update is done and verified', asks: 'Plan', combined: '–', since: '0.1' },
  afterRollback: { when: 'the original is back', asks: 'Plan', combined: '–', since: '0.1' },
  selectCleanup: {
    when: 'images are there that nothing needs',
    asks: 'readonly CleanupCandidate[]',
    combined: 'keep wins',
    since: '0.1',
  },
  afterCycle: { when: 'a cycle has ended', asks: 'CycleSummary', combined: '–', since: '0.1' },
};

const errorWords: Readonly<Record<DecisionRules['onError'], string>> = {
  warn: 'a warning; the outcome stands',
  refuse: 'a refusal',
  unhealthy: 'unhealthy: roll back',
  keep: 'keep all',
};
const verdictWords: Readonly<Record<string, string>> = {
  allow: '`allow()`',
  veto: '`veto(reason)`',
  defer: '`defer(reason, until?)`',
  healthy: '`healthy()`',
  unhealthy: '`unhealthy(reason)`',
  choose: '`choose({ keep, remove })`',
  keep: '`keep(imageIds)`',
  remove: '`remove(imageIds)`',
};

function headerOf(decision: Decision): string {
  const { run, verdicts, onError, inDryRun, deadline, longest }: DecisionRules = decisions[decision];
  const { when, asks, combined, since } = told[decision];
  const answers = verdicts.map((verdict) => verdictWords[verdict] ?? verdict).join(', ');
  return table(
    ['asked with', 'answers', 'when', 'run', 'combined', 'a throw counts as', 'time', 'in dry runs', 'since'],
    [
      [
        `\`${asks}\``,
        answers === '' ? 'nothing' : answers,
        when,
        run === 'series' ? 'one by one, in the order of the configuration' : 'all at once',
        combined,
        errorWords[onError],
        (deadline === null ? 'what its own health check may take, and a minute' : `${deadline / 1000} s`) +
          (longest === null ? '' : `; by \`patience\` up to ${longest / 3_600_000} h`),
        inDryRun ? 'yes: so without any effect' : 'no',
        since,
      ],
    ],
  );
}

type Common = 'id' | 'type' | 'time' | 'cycle' | 'host' | 'workload' | 'ending';
type Carried<Type extends EventType> = Exclude<keyof EventOf<Type>, Common>;

/** What each event tells, and every key that it carries besides those that all have. */
export const carried: {
  readonly [Type in EventType]: {
    readonly when: string;
    readonly keys: { readonly [Key in Carried<Type>]-?: true };
    readonly since: string;
  };
} = {
  started: { when: 'a cycle began', keys: { trigger: true, dryRun: true }, since: '0.1' },
  checked: {
    when: 'it was compared with the registry',
    keys: { upToDate: true, digest: true, imageId: true },
    since: '0.1',
  },
  found: {
    when: 'a newer image exists',
    keys: { from: true, to: true, bump: true, downloadBytes: true, firstSeen: true },
    since: '0.1',
  },
  skipped: {
    when: 'it is not updated now',
    keys: { to: true, by: true, code: true, reason: true, until: true },
    since: '0.1',
  },
  pulled: { when: 'the image is on the engine', keys: { to: true, seconds: true, bytes: true }, since: '0.1' },
  recreated: {
    when: 'it runs the new image and passed its health checks',
    keys: { from: true, to: true, seconds: true, downtimeMs: true, strategy: true, timings: true, rollback: true },
    since: '0.1',
  },
  restarted: { when: 'a dependant followed its provider', keys: { how: true, seconds: true }, since: '0.1' },
  failed: {
    when: 'something broke',
    keys: {
      ...{ phase: true, outcome: true, from: true, to: true, problem: true, logTail: true },
      ...{ exitCode: true, rollback: true, timings: true, since: true },
    },
    since: '0.1',
  },
  cleaned: { when: 'images were removed', keys: { images: true, bytes: true }, since: '0.1' },
  recovered: {
    when: 'an interrupted update was put in order',
    keys: { found: true, outcome: true, from: true, to: true },
    since: '0.1',
  },
  delivered: {
    when: 'a message arrived, or was given up',
    keys: { instance: true, message: true, outcome: true, attempts: true, why: true },
    since: '0.1',
  },
  finished: {
    when: 'the cycle ended',
    keys: {
      ...{ trigger: true, dryRun: true, startedAt: true, seconds: true, counts: true, items: true },
      ...{ engine: true, reclaimedBytes: true },
    },
    since: '0.1',
  },
};

function eventTable(): string {
  const rows = Object.entries(carried).map(([type, { when, keys, since }]) => [
    `\`${type}\``,
    `\`${type.charAt(0).toUpperCase()}${type.slice(1)}\``,
    when,
    Object.keys(keys)
      .map((key) => `\`${key}\``)
      .join(', '),
    since,
  ]);
  return table(['event', 'type', 'when', 'carries', 'since'], rows);
}

function mistakes(): string {
  const rows = Object.entries(catalogue)
    .filter(([code, { blame }]) => code.startsWith('PLUGIN_') && code !== 'PLUGIN_EXISTS' && blame !== 'core')
    .map(([code, { meaning, hint }]) => [`\`${code}\``, meaning, hint]);
  return table(['code', 'means', 'do'], rows);
}

export type Hook = 'pre-check' | 'post-check' | 'pre-update' | 'post-update';

export interface Command {
  readonly hook: Hook;
  /** As a shell reads it. */
  readonly line: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** `uid` or `uid:gid`; the container's own unless given. */
  readonly user: string | undefined;
  /** Whether there is a group without a user: engines would make root of it. */
  readonly losesGroup: boolean;
  /** Why it must not be run. */
  readonly problem: string | undefined;
}

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

type Labels = Readonly<Record<string, string>>;

const checkTimeout = 'Minutes that it may take, 1 unless given; all of a cycle together have 10.';
const updateTimeout = 'Minutes that it may take, 1 unless given; 0 is the most there is, 6 hours.';

export const labels = {
  'lifecycle.pre-check': 'Command that runs in the container before each cycle.',
  'lifecycle.pre-check-timeout': checkTimeout,
  'lifecycle.post-check': 'Command that runs in the container after each cycle.',
  'lifecycle.post-check-timeout': checkTimeout,
  'lifecycle.pre-update': 'Command that runs in the old container before it is stopped, and may hold the update back.',
  'lifecycle.pre-update-timeout': updateTimeout,
  'lifecycle.post-update': 'Command that runs in the new container once it is proven.',
  'lifecycle.post-update-timeout': updateTimeout,
  'lifecycle.uid': 'The user id that its commands run as, over the one of the configuration; 0 is its own user.',
  'lifecycle.gid': 'The group id that its commands run as, over the one of the configuration; only with a user id.',
} as const;

type Suffix = keyof typeof labels;
const prefixes = ['belfry.', 'com.centurylinklabs.watchtower.'];
const minute = 60_000;
/** Further than any deadline. */
const unlimited = 24 * 60 * minute;

/** The command that a container names for a hook; undefined where it names none. */
export function commandOf(hook: Hook, labels: Labels, config: Ids): Command | undefined {
  const line = read(labels, `lifecycle.${hook}`);
  if (line === undefined) return undefined;
  const [uid, gid] = [idOf(labels, 'uid') ?? config.uid, idOf(labels, 'gid') ?? config.gid];
  const problem = [uid, gid].find((one) => typeof one === 'string');
  const user = uid === 0 ? undefined : `${uid}${gid === 0 ? '' : `:${gid}`}`;
  return { hook, line, timeout: timeoutOf(hook, labels), user, losesGroup: uid === 0 && gid !== 0, problem };
}

/** How long the longest of its commands around an update may take, with what the engine itself needs. */
export function longest(labels: Labels): number {
  return Math.max(timeoutOf('pre-update', labels), timeoutOf('post-update', labels)) + minute;
}

function timeoutOf(hook: Hook, labels: Labels): number {
  const text = read(labels, `lifecycle.${hook}-timeout`) ?? '1';
  // As Watchtower does, where it is no number.
  const minutes = /^\d{1,5}$/.test(text) ? Number(text) : 1;
  return minutes === 0 ? unlimited : minutes * minute;
}

/** A sentence where it is none. */
function idOf(labels: Labels, kind: 'uid' | 'gid'): number | string | undefined {
  const text = read(labels, `lifecycle.${kind}`);
  if (text === undefined) return undefined;
  if (/^\d{1,10}$/.test(text) && Number(text) <= 2_147_483_647) return Number(text);
  return `its label lifecycle.${kind}=${text} is not an id`;
}

/** Belfry's own label wins. */
function read(labels: Labels, suffix: Suffix): string | undefined {
  return prefixes.map((prefix) => labels[prefix + suffix]?.trim()).find((text) => text !== undefined && text !== '');
}

import { AppError } from '../../errors/app-error.ts';
import { secretsIn } from '../../notifier/scrub.ts';
import { didYouMean } from '../nearest.ts';
import { type Address, readAddress } from './address.ts';
import { discord, slack, teams, teamsAddress, telegram } from './chat.ts';
import { generic } from './generic.ts';
import { gotify, ntfy } from './push.ts';
import type { Service, Use } from './service.ts';
import { smtp } from './smtp.ts';

/** What one address comes to. Nothing in it but `uses` and `secrets` holds any of the address. */
export interface Translation {
  readonly uses: readonly Use[];
  /** What must never be shown. */
  readonly secrets: readonly string[];
  /** What is ignored, and what else must be said once; each begins with the address, hidden. */
  readonly notes: readonly string[];
  readonly problems: readonly AppError[];
}

/** Every service of shoutrrr's that a notifier reaches, by the scheme of its addresses. */
export const services: Readonly<Record<string, Service>> = {
  slack,
  teams,
  'teams+https': teamsAddress,
  discord,
  telegram,
  ntfy,
  gotify,
  smtp,
  generic,
  'generic+http': generic,
  'generic+https': generic,
  logger: {
    forwards: true,
    translate: () => ({ uses: [], notes: ['is ignored: the log has every event already.'] }),
  },
};

/** What a notifier is for an address of shoutrrr's. */
export function translate(text: string): Translation {
  const hidden = hide(text);
  try {
    const address = readAddress(text);
    const service = Object.hasOwn(services, address.scheme) ? services[address.scheme] : undefined;
    if (service === undefined) return broken(text, unknown(hidden, address.scheme));
    const { uses, notes = [] } = service.translate(address);
    return {
      uses,
      secrets: [...wholeOf(text), address.password, ...uses.flatMap(({ config }) => secretsOf(config))],
      // Where nothing comes of it, the note is about the whole address.
      notes: [...ignoredIn(address, service), ...notes].map((note) => `${hidden}${uses.length > 0 ? ':' : ''} ${note}`),
      problems: [],
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return broken(text, new AppError(error.code, `${hidden}: ${error.message}.`, { hint: error.hint }));
  }
}

const broken = (text: string, problem: AppError): Translation => ({
  uses: [],
  secrets: [...wholeOf(text), ...partsOf(text)],
  notes: [],
  problems: [problem],
});

/** `slack://•••`; where nothing follows, there is nothing to hide. */
function hide(text: string): string {
  const [, scheme] = /^([a-z][a-z0-9+.-]{0,29}):\/\//i.exec(text) ?? [];
  if (scheme === undefined) return '•••';
  return text.length === scheme.length + 3 ? text : `${scheme.toLowerCase()}://•••`;
}

/** An address that is only the name of a service is no secret. */
const wholeOf = (text: string): readonly string[] => (hide(text) === text ? [] : [text]);

function unknown(hidden: string, scheme: string): AppError {
  const meant = didYouMean(scheme, Object.keys(services)).replace(/(\S+)\?$/, '$1://?');
  const message = `${hidden}: Belfry has no notifier for ${scheme}://.${meant}`;
  const hint = scheme === 'file' ? { hint: 'Give the path of the file alone, without file://.' } : {};
  return new AppError('NOTIFICATION_SERVICE_UNKNOWN', message, hint);
}

/** A sentence for each reason, with the keys that it is the reason for. */
function ignoredIn({ query }: Address, { reads = [], ignored = {}, forwards }: Service): readonly string[] {
  const reasons = new Map<string, string[]>();
  for (const [key, value] of query) {
    if (reads.includes(key)) continue;
    const known = Object.hasOwn(ignored, key) ? ignored[key] : undefined;
    if (known === undefined && forwards === true) continue;
    if (known?.idle?.test(value)) continue;
    const why = known?.why ?? 'there is no such key.';
    const shown = known === undefined ? shownKey(key, [...reads, ...Object.keys(ignored)]) : key;
    reasons.set(why, [...(reasons.get(why) ?? []), shown]);
  }
  return [...reasons].map(([why, keys]) => `${keys.join(', ')} ${keys.length === 1 ? 'is' : 'are'} ignored: ${why}`);
}

/** A key that nobody knows may be the end of a secret with an & in it: it is named only where it reads as a word. */
const shownKey = (key: string, known: readonly string[]): string =>
  /^[a-z_]{2,20}$/.test(key)
    ? `${key}${didYouMean(key, known).replace(/^ Did you mean (.*)\?$/, ' (meant was perhaps $1)')}`
    : 'a key';

/** What may be secret in what cannot be read: all that stands between its signs and is no word or host name. */
function partsOf(text: string): readonly string[] {
  const parts = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').split(/[/@?&=:,#]/);
  return parts.filter((part) => part.length >= 12 && !/^[a-z_]+$|^[a-z-]+(?:\.[a-z-]+)+$/.test(part));
}

/** What would hide an innocent word, such as the name of a container, wherever it stands. */
const isWord = (text: string) => /^[a-z]+(?:[-_.][a-z]+)*$/.test(text);

/** Headers that say nothing of who sends. */
const plainHeaders: ReadonlySet<string> = new Set(['content-type', 'accept', 'accept-language', 'user-agent']);

/** What must never be shown of a configuration that an address, or what Watchtower has in its place, stands for. */
export function secretsOf(config: Use['config']): readonly string[] {
  const { url, password, token, topic, headers } = config;
  // The address of a server is none; that of a webhook is.
  const hasOther = token !== undefined || topic !== undefined;
  const given = Object.entries(headers ?? {}).flatMap(([name, value]) => (plainHeaders.has(name) ? [] : String(value)));
  const parts = [...secretsIn(hasOther ? { ...config, url: undefined } : config), ...given, topic];
  const whole = [password, token, ...(hasOther ? [] : [url])];
  return [...whole, ...parts.filter((one) => typeof one === 'string' && !isWord(one))].filter(
    (one) => typeof one === 'string',
  );
}

import { AppError } from '../../errors/app-error.ts';
import { readValue } from '../values.ts';
import { foreignNames } from '../watchtower.ts';
import { readAddress } from './address.ts';
import { discord, workflow } from './chat.ts';
import { type Made, one, type Use, unverified } from './service.ts';
import { mailConfig } from './smtp.ts';

/** What one of Watchtower's settings for single services was given, by the name of its flag. */
export interface LegacyValue {
  readonly text: string;
  readonly origin: string;
}
export type LegacyValues = ReadonlyMap<string, LegacyValue>;

interface Kind {
  /** What the names of its settings begin with. */
  readonly prefix: string;
  readonly needs: readonly string[];
  /** Settings that mean nothing here, and why. */
  readonly ignored: Readonly<Record<string, string>>;
  make(value: (name: string) => string): Made;
}

const ownLook = 'name and picture are those of the app that the webhook belongs to.';

/** The services of `--notifications`. */
const kinds: Readonly<Record<string, Kind>> = {
  email: {
    prefix: 'notification-email-',
    needs: ['notification-email-from', 'notification-email-to', 'notification-email-server'],
    ignored: {
      'notification-email-delay': 'messages wait in the outbox until they can be delivered.',
      'notification-email-server-tls-skip-verify': unverified.why,
    },
    make(value) {
      const port = Number(value('notification-email-server-port') || 25);
      return one(
        'email',
        mailConfig({
          host: value('notification-email-server'),
          port,
          user: value('notification-email-server-user'),
          password: value('notification-email-server-password'),
          from: value('notification-email-from'),
          to: value('notification-email-to'),
          encryption: port === 465 ? 'implicit' : 'offered',
        }),
      );
    },
  },
  slack: {
    prefix: 'notification-slack-',
    needs: ['notification-slack-hook-url'],
    ignored: {
      'notification-slack-identifier': ownLook,
      'notification-slack-channel': 'a webhook belongs to one channel.',
      'notification-slack-icon-emoji': ownLook,
      'notification-slack-icon-url': ownLook,
    },
    make(value) {
      const url = value('notification-slack-hook-url');
      // Discord takes Slack's messages at such an address; its own are better.
      const [, id, token] =
        /^https:\/\/discord(?:app)?\.com\/api\/webhooks\/(\d+)\/([\w-]+)\/slack\/?$/.exec(url) ?? [];
      if (id === undefined || token === undefined) return one('slack', { url });
      const name = value('notification-slack-identifier');
      return discord.translate(readAddress(`discord://${token}@${id}?username=${encodeURIComponent(name)}`));
    },
  },
  msteams: {
    prefix: 'notification-msteams-',
    needs: ['notification-msteams-hook'],
    ignored: { 'notification-msteams-data': 'a message says what happened, without log lines.' },
    make: (value) => workflow(value('notification-msteams-hook')),
  },
  gotify: {
    prefix: 'notification-gotify-',
    needs: ['notification-gotify-url', 'notification-gotify-token'],
    ignored: { 'notification-gotify-tls-skip-verify': unverified.why },
    make: (value) =>
      one('gotify', { url: value('notification-gotify-url'), token: value('notification-gotify-token') }),
  },
};

export interface Legacy {
  readonly uses: readonly Use[];
  readonly notes: readonly string[];
  readonly problems: readonly AppError[];
}

/** The notifiers that `--notifications` and the settings for single services ask for. Secrets in files are read already. */
export function legacyUses(values: LegacyValues): Legacy {
  const asked = values.get('notifications');
  const names = [...new Set(asked?.text.split(/[,\s]+/).filter(Boolean) ?? [])];
  const made = names.filter((name) => name !== 'shoutrrr').map((name) => legacyUse(name, asked?.origin ?? '', values));
  const unasked = Object.entries(kinds)
    .filter(([name]) => !names.includes(name))
    .flatMap(([name, { prefix }]) => unaskedNote(name, prefix, values));
  return {
    uses: made.flatMap(({ uses }) => uses),
    notes: [...made.flatMap(({ notes }) => notes), ...unasked],
    problems: made.flatMap(({ problems }) => problems),
  };
}

function legacyUse(name: string, asked: string, values: LegacyValues): Legacy {
  const failed = (...problems: readonly AppError[]): Legacy => ({ uses: [], notes: [], problems });
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined) {
    const known = [...Object.keys(kinds), 'shoutrrr'].join(', ');
    return failed(
      new AppError(
        'NOTIFICATION_SERVICE_UNKNOWN',
        `${asked}: ${/^\w{1,20}$/.test(name) ? name : 'a word'} is none of ${known}.`,
      ),
    );
  }
  const missing = kind.needs.filter((need) => !values.has(need));
  if (missing.length > 0) {
    const what = missing.map((need) => nameOf(need, asked)).join(', ');
    return failed(
      new AppError(
        'NOTIFICATION_SETTING_MISSING',
        `${asked} asks for ${name}, and ${what} ${missing.length === 1 ? 'is' : 'are'} missing.`,
      ),
    );
  }
  try {
    const { uses, notes = [] } = kind.make((flag) => values.get(flag)?.text ?? '');
    const isNamed = uses.some(({ config }) => 'username' in config);
    const ignored = Object.entries(kind.ignored).flatMap(([flag, why]) => {
      const given = values.get(flag);
      const isIdle = given === undefined || isOff(flag, given.text) || (isNamed && flag.endsWith('-identifier'));
      return isIdle ? [] : `${given.origin} is ignored: ${why}`;
    });
    return { uses, notes: [...ignored, ...notes.map((note) => `${asked}, ${name}: ${note}`)], problems: [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const origin = values.get(kind.needs[0] ?? '')?.origin ?? asked;
    return failed(new AppError(error.code, `${origin}: ${error.message}.`, { hint: error.hint }));
  }
}

/** As a variable where the services are asked for by one. */
function nameOf(flag: string, asked: string): string {
  const variable = foreignNames.find((row) => row.flag === flag)?.variable;
  return asked.startsWith('-') || typeof variable !== 'string' ? `--${flag}` : variable;
}

function unaskedNote(name: string, prefix: string, values: LegacyValues): readonly string[] {
  const own = [...values].filter(([flag]) => flag.startsWith(prefix) && flag !== 'notification-email-subjecttag');
  if (own.length === 0) return [];
  const origins = own.map(([, { origin }]) => origin).join(', ');
  return [`${origins} ${own.length === 1 ? 'is' : 'are'} ignored: --notifications does not name ${name}.`];
}

function isOff(flag: string, text: string): boolean {
  if (!/skip-verify$|-data$/.test(flag)) return /^0s?$/.test(text);
  const read = readValue('boolean', text);
  return 'value' in read && !read.value;
}

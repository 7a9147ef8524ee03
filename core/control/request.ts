import { AppError } from '../errors/app-error.ts';

/** What a running Belfry can be asked for: one line of JSON. */
export type Request =
  | { readonly schema: 1; readonly command: 'ping' }
  | {
      readonly schema: 1;
      readonly command: 'update';
      /** Empty for all that are watched. */
      readonly names: readonly string[];
      readonly dryRun?: boolean | undefined;
      readonly force?: boolean | undefined;
    }
  | {
      readonly schema: 1;
      readonly command: 'rollback';
      readonly name: string;
      readonly force?: boolean | undefined;
    }
  | { readonly schema: 1; readonly command: 'recover' }
  | { readonly schema: 1; readonly command: 'approve'; readonly name: string }
  | { readonly schema: 1; readonly command: 'deny'; readonly name: string }
  /** How the plugins in force fare. */
  | { readonly schema: 1; readonly command: 'plugins' }
  /** Reads the configuration anew. */
  | { readonly schema: 1; readonly command: 'reload' }
  | {
      readonly schema: 1;
      readonly command: 'notify';
      readonly order: 'test' | 'retry' | 'drop' | 'snooze';
      readonly instance: string;
      /** For all but `snooze`. */
      readonly message?: string | undefined;
      /** For `test`: what the sample tells of. */
      readonly sample?: string | undefined;
      /** For `retry`: what a message that was given up is made of. */
      readonly covers?: readonly number[] | undefined;
      /** For `snooze`, and for `retry` when it is given up, ISO 8601. */
      readonly until?: string | undefined;
    };

export type Command = Request['command'];
export type RequestOf<C extends Command> = Extract<Request, { command: C }>;

interface Kind {
  readonly expects: string;
  readonly fits: (value: unknown) => boolean;
}

const text: Kind = { expects: 'a text', fits: (value) => typeof value === 'string' };
const texts: Kind = { expects: 'a list of texts', fits: (value) => Array.isArray(value) && value.every(text.fits) };
const flag: Kind = {
  expects: 'true or false',
  fits: (value) => value === undefined || typeof value === 'boolean',
};

const maybe = ({ expects, fits }: Kind): Kind => ({
  expects,
  fits: (value) => value === undefined || fits(value),
});
const order: Kind = {
  expects: 'one of test, retry, drop, snooze',
  fits: (value) => ['test', 'retry', 'drop', 'snooze'].includes(String(value)),
};
const numbers: Kind = {
  expects: 'a list of whole numbers',
  fits: (value) => Array.isArray(value) && value.every(Number.isSafeInteger),
};
const moment: Kind = {
  expects: 'a time in ISO 8601',
  fits: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
};

// By hand, since a schema library would stay in the memory of every idle watch.
const fields: {
  readonly [C in Command]: { readonly [Key in keyof Omit<RequestOf<C>, 'schema' | 'command'>]-?: Kind };
} = {
  ping: {},
  update: { names: texts, dryRun: flag, force: flag },
  rollback: { name: text, force: flag },
  recover: {},
  approve: { name: text },
  deny: { name: text },
  plugins: {},
  reload: {},
  notify: {
    order,
    instance: text,
    message: maybe(text),
    sample: maybe(text),
    covers: maybe(numbers),
    until: maybe(moment),
  },
};

/** The request that a line holds. Throws CONTROL_REQUEST_INVALID, which names what is wrong. */
export function readRequest(line: string): Request {
  const { schema, command, ...given } = objectOf(line);
  if (schema !== 1) throw invalid('schema: expected 1');
  if (typeof command !== 'string' || !isCommand(command)) {
    throw invalid(`command: expected one of ${Object.keys(fields).join(', ')}`);
  }
  const kinds: Readonly<Record<string, Kind>> = fields[command];
  for (const [key, { expects, fits }] of Object.entries(kinds)) {
    if (!fits(given[key])) throw invalid(`${key}: expected ${expects}`);
  }
  const strange = Object.keys(given).find((key) => !Object.hasOwn(kinds, key));
  if (strange !== undefined) throw invalid(`${strange}: ${command} has no such field`);
  return { schema, command, ...given } as Request; // the table has just said so
}

function objectOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new AppError('CONTROL_REQUEST_INVALID', 'the request is not JSON', { cause });
  }
  throw invalid('the request is not an object');
}

const isCommand = (word: string): word is Command => Object.hasOwn(fields, word);

const invalid = (message: string) => new AppError('CONTROL_REQUEST_INVALID', message);

import { inspect } from 'node:util';
import type { LogLevel } from './config/settings.ts';
import { oneLine } from './one-line.ts';

/** Lines for the operator, on stderr. Secrets given to `redact` never appear in any. */
export interface Log {
  error(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  debug(message: string, fields?: Fields): void;
}

type Fields = Readonly<Record<string, unknown>>;

const levels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

export function createLog(options: {
  readonly level: LogLevel;
  readonly redact?: (text: string) => string;
  readonly write?: (line: string) => void;
  readonly now?: () => Date;
}): Log {
  const redact = options.redact ?? ((text) => text);
  const write = options.write ?? ((line) => void process.stderr.write(`${line}\n`));
  const now = options.now ?? (() => new Date());
  const line =
    (level: LogLevel) =>
    (message: string, fields: Fields = {}) => {
      if (levels.indexOf(level) > levels.indexOf(options.level)) return;
      const extras = Object.entries(fields).map(([key, value]) => ` ${key}=${shown(value)}`);
      write(redact(oneLine(`${now().toISOString()} ${level.padEnd(5)} ${message}${extras.join('')}`)));
    };
  return { error: line('error'), warn: line('warn'), info: line('info'), debug: line('debug') };
}

function shown(value: unknown): string {
  if (typeof value !== 'string') return inspect(value, { breakLength: Number.POSITIVE_INFINITY });
  return /^[\w.:/-]+$/.test(value) ? value : JSON.stringify(value);
}

export const silentLog: Log = { error() {}, warn() {}, info() {}, debug() {} };

import type { Log } from '../log.ts';

const linesAMinute = 100;
const longestLine = 4_000;

type Level = keyof Log;
type Fields = Readonly<Record<string, unknown>>;

/** An instance's log: every line says whose it is, and of a flood only the first lines are written. */
export interface PluginLog {
  readonly log: Log;
  /** Says how many lines were left out last. */
  close(): void;
}

/** At most 100 lines a minute on each level; how many were left out is told with the next one. */
export function createPluginLog(log: Log, plugin: string, now: () => Date): PluginLog {
  const levels: readonly Level[] = ['error', 'warn', 'info', 'debug'];
  const floods = levels.map((level) => ({ level, minute: 0, lines: 0, leftOut: 0 }));

  function tellLeftOut(flood: (typeof floods)[number]): void {
    if (flood.leftOut > 0) log[flood.level](`${plugin} logs too much: ${flood.leftOut} lines were left out`);
    flood.leftOut = 0;
  }

  const line =
    (flood: (typeof floods)[number]) =>
    (message: string, fields: Fields = {}): void => {
      const minute = Math.floor(now().getTime() / 60_000);
      if (minute !== flood.minute) {
        tellLeftOut(flood);
        flood.minute = minute;
        flood.lines = 0;
      }
      flood.lines += 1;
      if (flood.lines > linesAMinute) flood.leftOut += 1;
      else log[flood.level](clipped(message), { ...bounded(fields), plugin });
    };

  const [error, warn, info, debug] = floods.map(line);
  return { log: { error, warn, info, debug } as Log, close: () => floods.forEach(tellLeftOut) };
}

function bounded(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields ?? {}).map(([key, value]) => [key, clipped(value)]));
}

/** Whatever is no text is shown by the log itself, within bounds of its own. */
function clipped<Value>(value: Value): Value | string {
  return typeof value === 'string' && value.length > longestLine ? `${value.slice(0, longestLine)}…` : value;
}

import { decisionNames, decisions } from '../decisions.ts';
import { eventTypes } from '../events.ts';
import type { Listed } from './plugin-list.ts';
import { type Terminal, table } from './terminal.ts';

/** Each instance with the number by which the matrix knows it. */
export function summaryTable(plugins: readonly Listed[], terminal: Terminal): string {
  const rows = plugins.map(({ name, use, loadMs, summary }, at) => [
    `${at + 1}`,
    name,
    use === name ? '' : use,
    `${loadMs} ms`,
    summary,
  ]);
  return table(['#', 'NAME', 'USES', 'LOADED', 'SUMMARY'], rows, terminal);
}

const narrowest = 40;
const betweenColumns = 1;

/**
 * What each instance, by its number, answers, hears and delivers; in blocks where a terminal is too narrow for all. In
 * decisions that are asked in order, that is from left to right.
 */
export function matrix(plugins: readonly Listed[], terminal: Terminal): string {
  const rows = [
    ...decisionNames.map((name) => ({ name, kind: decisions[name].run === 'series' ? 'in order' : 'all at once' })),
    { name: 'deliver' as const, kind: 'messages' },
    ...eventTypes.map((name) => ({ name, kind: 'event' })),
  ].filter(({ name }) => plugins.some((one) => takesPart(one, name)));
  const first = Math.max(...rows.map(({ name }) => name.length), 'TAKES PART'.length);
  const second = Math.max(...rows.map(({ kind }) => kind.length));
  const cell = `${plugins.length}`.length;
  const width = Math.max(narrowest, terminal.columns ?? 80) - first - second - 4;
  const perBlock = Math.max(1, Math.floor(width / (cell + betweenColumns)));

  const block = (from: number) => {
    const shown = plugins.slice(from, from + perBlock);
    const numbers = shown.map((_, at) => `${from + at + 1}`.padStart(cell)).join(' ');
    const head = `${'TAKES PART'.padEnd(first)}  ${numbers}`;
    const lines = rows.map(({ name, kind }) => {
      const marks = shown.map((one) => (takesPart(one, name) ? '●' : '·').padStart(cell)).join(' ');
      return `${name.padEnd(first)}  ${marks}  ${terminal.style('dim', kind)}`;
    });
    return [terminal.style('dim', head), ...lines].join('\n');
  };
  const blocks = Math.ceil(plugins.length / perBlock);
  return Array.from({ length: blocks }, (_, at) => block(at * perBlock)).join('\n\n');
}

const takesPart = ({ decisions, events }: Listed, name: string): boolean =>
  [...decisions, ...events].some((one) => one === name);

/** How the instances of a Belfry at work fare, and the last failure of each; empty where none is at work. */
export function stateTable(plugins: readonly Listed[], terminal: Terminal): string {
  const known = plugins.flatMap(({ name, state }) => (state === null ? [] : [{ name, ...state }]));
  if (known.length === 0) return '';
  const rows = known.map(({ name, calls, dropped, failures, waiting }) => [
    name,
    `${calls}`,
    bad(failures, 'red', terminal),
    bad(dropped, 'yellow', terminal),
    bad(waiting.events + waiting.messages, 'yellow', terminal),
  ]);
  const failed = known.flatMap(({ name, lastFailure }) => {
    if (lastFailure === null) return [];
    const { time, code, message } = lastFailure;
    return [`${terminal.style('red', name)}  ${time}  ${code}`, `  ${message}`];
  });
  const fare = table(['NAME', 'CALLS', 'FAILED', 'DROPPED', 'WAITING'], rows, terminal);
  return failed.length === 0 ? fare : [fare, '', 'LAST FAILURE OF EACH', ...failed].join('\n');
}

function bad(count: number, colour: 'red' | 'yellow', { style }: Terminal): string {
  return count === 0 ? '0' : style(colour, `${count}`);
}

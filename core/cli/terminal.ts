import { styleText } from 'node:util';
import { oneLine } from '../one-line.ts';

/** What a person sees: results on stdout, logs and progress on stderr. */
export interface Terminal {
  /** A result, with its newline. */
  print(text: string): void;
  /** A line beside the result, such as a log line; it never tears the progress lines apart. */
  note(line: string): void;
  /** Shows or replaces one progress line; undefined takes it away. */
  progress(key: string, line: string | undefined): void;
  readonly style: Style;
  /** Columns of stdout; undefined where it is no terminal, and nothing is cut. */
  readonly columns: number | undefined;
}

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';
export type Style = (colour: Colour, text: string) => string;

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface TerminalOptions {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly colour: boolean;
}

const redrawEvery = 100;
const plainEvery = 5_000;

export function createTerminal({ stdout, stderr, colour }: TerminalOptions): Terminal {
  const lines = new Map<string, string>();
  const toldAt = new Map<string, number>();
  let drawn = 0;
  let drawnAt = 0;

  const erase = () => {
    if (drawn > 0) stderr.write(`\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  const draw = () => {
    const width = (stderr.columns ?? 80) - 1;
    for (const line of lines.values()) stderr.write(`${clip(line, width)}\n`);
    drawn = lines.size;
    drawnAt = Date.now();
  };

  return {
    print(text) {
      erase();
      stdout.write(`${text}\n`);
      if (lines.size > 0) draw();
    },
    note(line) {
      erase();
      stderr.write(`${line}\n`);
      if (lines.size > 0) draw();
    },
    progress(key, line) {
      if (stderr.isTTY !== true) return plain(key, line);
      if (line === undefined) lines.delete(key);
      else lines.set(key, line);
      if (line !== undefined && drawn === lines.size && Date.now() - drawnAt < redrawEvery) return;
      erase();
      draw();
    },
    style: (name, text) => (colour ? styleText(name, text, { validateStream: false }) : text),
    columns: stdout.isTTY === true ? (stdout.columns ?? 80) : undefined,
  };

  /** Without a terminal every few seconds a plain line is enough. */
  function plain(key: string, line: string | undefined): void {
    if (line === undefined || Date.now() - (toldAt.get(key) ?? 0) < plainEvery) return;
    toldAt.set(key, Date.now());
    stderr.write(`${line}\n`);
  }
}

/** Less room than this for what the last column says, and it stands below. */
const leastRoom = 24;

/**
 * Columns as wide as their widest cell. Where a terminal has little room left for the last one, its cells stand below
 * their rows, whole; everything else is cut at the edge.
 */
export function table(header: readonly string[], given: readonly (readonly string[])[], terminal: Terminal): string {
  const { columns = Number.POSITIVE_INFINITY, style } = terminal;
  const rows = given.map((row) => row.map(harmless));
  const widths = header.map((title, at) => Math.max(title.length, ...rows.map((row) => visible(row[at] ?? '').length)));
  const last = widths.length - 1;
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + 2, 0);
  const below = last > 0 && columns - before < Math.min(widths[last] ?? 0, leastRoom);
  const line = (cells: readonly string[]): readonly string[] => {
    const beside = below ? cells.slice(0, last) : cells;
    const padded = beside.map((cell, at) => cell + ' '.repeat(Math.max(0, (widths[at] ?? 0) - visible(cell).length)));
    const under = below ? wrapped(cells[last] ?? '', columns - 2).map((text) => `  ${text}`) : [];
    return [padded.join('  ').trimEnd(), ...under].map((text) => clip(text, columns));
  };
  return [...line(header).map((text) => style('dim', text)), ...rows.flatMap(line)].join('\n');
}

/** Broken between words; nothing for an empty text. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && visible(longer).length <= width) lines[lines.length - 1] = longer;
    else if (visible(word) !== '') lines.push(word);
  }
  return lines;
}

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** Only colours may be in a cell: the rest of what others wrote shows as text. */
function harmless(cell: string): string {
  return cell
    .split(new RegExp(`(${escapes.source})`))
    .map((part, at) => (at % 2 === 1 ? part : oneLine(part)))
    .join('');
}

function visible(text: string): string {
  return text.replace(escapes, '');
}

/** Cuts to so many visible columns, never inside a colour's escape sequence. */
function clip(text: string, width: number): string {
  if (visible(text).length <= width) return text;
  let seen = 0;
  let cut = '';
  for (const part of text.split(new RegExp(`(${escapes.source})`))) {
    const isEscape = part.startsWith(String.fromCharCode(27));
    if (!isEscape && seen + part.length >= width) {
      return `${cut}${part.slice(0, Math.max(0, width - seen - 1))}…${cut === '' ? '' : `${String.fromCharCode(27)}[0m`}`;
    }
    cut += part;
    if (!isEscape) seen += part.length;
  }
  return cut;
}

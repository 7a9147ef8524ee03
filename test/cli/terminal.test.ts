import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { createTerminal, table } from '../../core/cli/terminal.ts';

interface Screen {
  readonly terminal: ReturnType<typeof createTerminal>;
  readonly stdout: string[];
  readonly stderr: string[];
}

function open({ isTTY = false, columns = 80, colour = false } = {}): Screen {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const stream = (lines: string[]) => ({ isTTY, columns, write: (text: string) => lines.push(text) });
  return { terminal: createTerminal({ stdout: stream(stdout), stderr: stream(stderr), colour }), stdout, stderr };
}

const up = (lines: number) => `\u001b[${lines}A\u001b[0J`;

describe('a terminal', () => {
  test('prints results on stdout and notes on stderr', () => {
    const { terminal, stdout, stderr } = open();
    terminal.print('a');
    terminal.note('b');
    assert.deepEqual([stdout, stderr], [['a\n'], ['b\n']]);
  });

  test('draws progress over itself, and never tears it apart by a note', () => {
    const { terminal, stderr } = open({ isTTY: true });
    terminal.progress('web', 'web 10%');
    terminal.progress('db', 'db 20%');
    terminal.note('note');
    terminal.progress('web', undefined);
    assert.deepEqual(stderr, [
      'web 10%\n',
      up(1),
      'web 10%\n',
      'db 20%\n',
      up(2),
      'note\n',
      'web 10%\n',
      'db 20%\n',
      up(2),
      'db 20%\n',
    ]);
  });

  test('redraws ten times a second at most, and cuts lines at its edge', (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1000 });
    const { terminal, stderr } = open({ isTTY: true, columns: 11 });
    terminal.progress('web', 'web 10% of everything');
    terminal.progress('web', 'web 11% of everything');
    t.mock.timers.tick(100);
    terminal.progress('web', 'web 12% of everything');
    assert.deepEqual(stderr, ['web 10% o…\n', up(1), 'web 12% o…\n']);
  });

  test('that is none gets a plain line every few seconds', (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 10_000 });
    const { terminal, stderr } = open();
    terminal.progress('web', 'web 10%');
    terminal.progress('web', 'web 11%');
    t.mock.timers.tick(5_000);
    terminal.progress('web', 'web 50%');
    terminal.progress('web', undefined);
    assert.deepEqual(stderr, ['web 10%\n', 'web 50%\n']);
  });

  test('has colours only where they are wanted', () => {
    assert.equal(open().terminal.style('red', 'x'), 'x');
    assert.equal(open({ colour: true }).terminal.style('red', 'x'), '\u001b[31mx\u001b[39m');
  });
});

describe('a table', () => {
  test('has columns as wide as their widest cell, and no spaces at the end of a line', () => {
    const text = table(
      ['NAME', 'WHY'],
      [
        ['a-long-name', ''],
        ['b', 'because'],
      ],
      open().terminal,
    );
    assert.equal(text, 'NAME         WHY\na-long-name\nb            because');
  });

  test('lines up however its cells are coloured', () => {
    const rows = [
      ['web', 'a'],
      ['longer', 'b'],
    ];
    const { terminal } = open({ colour: true });
    const coloured = rows.map(([name = '', why = '']) => [terminal.style('green', name), why]);
    assert.equal(
      stripVTControlCharacters(table(['N', 'W'], coloured, terminal)),
      table(['N', 'W'], rows, open().terminal),
    );
  });

  test('has what its last column says below the rows where there is little room for it, and whole', () => {
    const why = 'the registry wants credentials, or refuses those it was given (401 or 403)';
    const rows = [
      ['a-rather-long-name', 'available', ''],
      ['b', 'failed', why],
    ];
    const { terminal } = open({ isTTY: true, columns: 40 });
    assert.deepEqual(table(['NAME', 'STATE', 'WHY'], rows, terminal).split('\n'), [
      'NAME                STATE',
      '  WHY',
      'a-rather-long-name  available',
      'b                   failed',
      '  the registry wants credentials, or',
      '  refuses those it was given (401 or',
      '  403)',
    ]);
    const wide = open({ isTTY: true, columns: 60 }).terminal;
    assert.equal(table(['NAME', 'STATE', 'WHY'], rows, wide).split('\n').length, 3);
  });

  test('is never wider than its terminal', () => {
    const cell = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell)),
        fc.integer({ min: 4, max: 30 }),
        fc.boolean(),
        (cells, columns, colour) => {
          const { terminal } = open({ isTTY: true, columns, colour });
          const rows = cells.map(([name, why]) => [terminal.style('red', name), why]);
          for (const line of table(['NAME', 'WHY'], rows, terminal).split('\n'))
            assert.ok(stripVTControlCharacters(line).length <= columns, line);
        },
      ),
    );
  });

  test('keeps one line a row, and lets no cell steer the terminal', () => {
    const text = table(['WHY'], [['one\ntwo\u001b[2J\u0007']], open().terminal);
    assert.equal(text, 'WHY\none\\ntwo\\u001b[2J\\u0007');
  });
});

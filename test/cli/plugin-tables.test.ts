import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Listed } from '../../core/cli/plugin-list.ts';
import { matrix, stateTable, summaryTable } from '../../core/cli/plugin-tables.ts';
import { createTerminal } from '../../core/cli/terminal.ts';

const terminalOf = (columns?: number) => {
  const stream = { isTTY: columns !== undefined, columns: columns ?? 80, write: () => true };
  return createTerminal({ stdout: stream, stderr: stream, colour: false });
};

const listed = (name: string, own: Partial<Listed> = {}): Listed => ({
  ...{ name, use: name, summary: `What ${name} does.`, decisions: [], events: [], loadMs: 3, state: null },
  ...own,
});

const gate = listed('only-at-night', { use: './night.mts', decisions: ['beforeUpdate'] });
const health = listed('stability', { decisions: ['checkHealth'] });
const hears = listed('console', { events: ['found', 'finished'] });
const ops = listed('ops', { use: 'webhook', decisions: ['deliver'] });
const all = [health, hears, gate, ops];

describe('the plugins in force', () => {
  test('each have a number and what they use', () => {
    assert.deepEqual(summaryTable(all, terminalOf()).split('\n'), [
      '#  NAME           USES         LOADED  SUMMARY',
      '1  stability                   3 ms    What stability does.',
      '2  console                     3 ms    What console does.',
      '3  only-at-night  ./night.mts  3 ms    What only-at-night does.',
      '4  ops            webhook      3 ms    What ops does.',
    ]);
  });

  test('stand in a matrix of what they answer, deliver and hear, which leaves out what nobody does', () => {
    assert.deepEqual(matrix(all, terminalOf()).split('\n'), [
      'TAKES PART    1 2 3 4',
      'beforeUpdate  · · ● ·  in order',
      'checkHealth   ● · · ·  all at once',
      'deliver       · · · ●  messages',
      'found         · ● · ·  event',
      'finished      · ● · ·  event',
    ]);
  });

  test('stand in blocks below each other where the terminal is narrow, and none is wider than that', () => {
    const many = Array.from({ length: 30 }, (_, at) => listed(`gate-${at}`, { decisions: ['beforeUpdate'] }));
    for (const columns of [40, 60, 80, 120]) {
      const lines = matrix(many, terminalOf(columns)).split('\n');
      for (const line of lines) assert.ok(line.length <= columns, `${line.length} in ${columns}`);
      const numbers = lines.filter((line) => line.startsWith('TAKES PART')).flatMap((line) => line.match(/\d+/g) ?? []);
      assert.deepEqual(
        numbers.map(Number),
        Array.from(many, (_, at) => at + 1),
      );
      assert.equal(lines.join('').match(/●/g)?.length, 30);
    }
  });

  test('fare as the running Belfry says, with the last failure of each', () => {
    const fine = { calls: 12, dropped: 0, failures: 0, lastFailure: null, waiting: { events: 0, messages: 0 } };
    const lastFailure = { time: '2026-08-21T22:00:03Z', code: 'PLUGIN_TIMEOUT', message: 'ops did not finish' };
    const bad = { calls: 7, dropped: 2, failures: 1, lastFailure, waiting: { events: 1, messages: 3 } };
    const shown = stateTable(
      [
        { ...health, state: fine },
        { ...ops, state: bad },
      ],
      terminalOf(),
    );
    assert.deepEqual(shown.split('\n'), [
      'NAME       CALLS  FAILED  DROPPED  WAITING',
      'stability  12     0       0        0',
      'ops        7      1       2        4',
      '',
      'LAST FAILURE OF EACH',
      'ops  2026-08-21T22:00:03Z  PLUGIN_TIMEOUT',
      '  ops did not finish',
    ]);
    assert.equal(stateTable(all, terminalOf()), '');
  });
});

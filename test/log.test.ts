import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LogLevel } from '../core/config/settings.ts';
import { createLog } from '../core/log.ts';

const noon = new Date('2026-08-22T12:00:00Z');

function logAt(level: LogLevel, redact?: (text: string) => string) {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  return { log: createLog({ level, write, now: () => noon, ...(redact && { redact }) }), lines };
}

describe('the log', () => {
  test('writes a line with its time and level, and fields behind', () => {
    const { log, lines } = logAt('info');
    log.warn('slow', { name: 'web', took: 3, why: 'a "b"' });
    assert.deepEqual(lines, ['2026-08-22T12:00:00.000Z warn  slow name=web took=3 why="a \\"b\\""']);
  });

  test('leaves out what is below its level', () => {
    for (const [level, count] of [
      ['error', 1],
      ['warn', 2],
      ['info', 3],
      ['debug', 4],
    ] as const) {
      const { log, lines } = logAt(level);
      log.error('a');
      log.warn('b');
      log.info('c');
      log.debug('d');
      assert.equal(lines.length, count);
    }
  });

  test('masks secrets in messages and fields', () => {
    const { log, lines } = logAt('info', (text) => text.replaceAll('hunter2', '•••'));
    log.info('hunter2', { password: 'hunter2' });
    assert.deepEqual(lines, ['2026-08-22T12:00:00.000Z info  ••• password=•••']);
  });

  test('keeps to one line, and to text, whatever it is given', () => {
    const { log, lines } = logAt('info');
    log.info('one\r\ntwo\u001b[31mred\u0007\u009b', { what: 'three\nfour' });
    assert.deepEqual(lines, [
      '2026-08-22T12:00:00.000Z info  one\\r\\ntwo\\u001b[31mred\\u0007\\u009b what="three\\nfour"',
    ]);
  });

  test('takes fields that are no JSON', () => {
    const { log, lines } = logAt('info');
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    log.info('odd', { big: 7n, circle, nothing: undefined });
    assert.match(lines.join(), / odd big=7n circle=.* nothing=undefined$/);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { lastLines, logText, newestFrames } from '../../../core/engine/docker/log-frames.ts';
import { frame } from './frame.ts';

describe('log frames', () => {
  test('give the text of both streams in the order they came', () => {
    const bytes = Buffer.concat([frame('out 1\n'), frame('err 1\n', 2), frame('out 2\n')]);
    assert.equal(logText(bytes), 'out 1\nerr 1\nout 2\n');
  });

  test('join a character that two frames share', () => {
    const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
    assert.equal(logText(Buffer.concat([frame(first), frame(second)])), 'é');
  });

  test('take the bytes of a terminal as they are', () => {
    assert.equal(logText(Buffer.from('a long enough line\r\n')), 'a long enough line\r\n');
    assert.equal(logText(Buffer.from('hi')), 'hi');
    assert.equal(logText(Buffer.alloc(0)), '');
  });

  test('give what has come of a frame that broke off', () => {
    assert.equal(logText(frame('whole').subarray(0, 10)), 'wh');
  });

  test('survive any split into frames', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (parts) => {
        assert.equal(logText(Buffer.concat(parts.map((part) => frame(part)))), parts.join(''));
      }),
    );
  });
});

describe('the newest frames', () => {
  test('are all of them while they fit', () => {
    const bytes = frame('short');
    assert.equal(newestFrames(bytes, 100), bytes);
  });

  test('begin with a whole frame and end with the last one', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 30 })), fc.nat(200), (parts, limit) => {
        const newest = newestFrames(Buffer.concat(parts.map((part) => frame(part))), limit);
        assert.ok(newest.length <= limit);
        assert.ok(parts.join('').endsWith(logText(newest)));
      }),
    );
  });

  test('keep an unfinished frame, however long, so that its rest finds its beginning', () => {
    const unfinished = frame('x'.repeat(100)).subarray(0, 60);
    assert.deepEqual(newestFrames(Buffer.concat([frame('old'), unfinished]), 20), unfinished);
  });

  test('are the last bytes of a terminal', () => {
    assert.equal(newestFrames(Buffer.from('the first line\nthe last'), 8).toString(), 'the last');
  });
});

describe('the last lines', () => {
  test('leave out what is empty at the end, and the returns of a terminal', () => {
    assert.deepEqual(lastLines('one\r\ntwo\r\nthree\r\n\r\n', 2), ['two', 'three']);
  });

  test('are none of an empty log', () => {
    assert.deepEqual(lastLines('', 10), []);
  });
});

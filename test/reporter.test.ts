import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idsOf } from './failure-modes/named-tests.ts';
import { report } from './reporter.ts';

async function printed(...events: readonly (readonly [string, object])[]): Promise<string> {
  const source = (async function* () {
    for (const [type, data] of events) yield { type, data: { nesting: 0, file: 'x.test.ts', details: {}, ...data } };
  })();
  let text = '';
  for await (const part of report(source)) text += part;
  return text;
}

// Spelt so that these are not taken for the names of tests.
const fm = (number: number) => `FM${number}`;
const closing = ['tests 3', 'suites 0', 'pass 2', 'fail 1'].map((message) => ['test:diagnostic', { message }] as const);

test('a run counts the failure modes it has proven, and its closing lines come last', async () => {
  const text = await printed(
    ['test:pass', { name: `${fm(1)}, ${fm(3)}: something`, testNumber: 1 }],
    ['test:pass', { name: `${fm(3)}: something else`, testNumber: 2 }],
    ['test:pass', { name: `${fm(7)}: not run`, skip: true, testNumber: 3 }],
    ['test:pass', { name: 'says FM8: in its middle', testNumber: 4 }],
    ...closing,
  );
  assert.match(text, /failure modes: of 85, 2 with a passing test, \d+ with a reason/);
  assert.match(text, /\nℹ tests 3\nℹ suites 0\nℹ pass 2\nℹ fail 1\s*$/);
});

test('a failure mode with a test that fails is not proven by another that passes', async () => {
  const error = new Error('broken');
  const text = await printed(
    ['test:pass', { name: `${fm(1)}: something`, testNumber: 1 }],
    ['test:fail', { name: `${fm(1)}: something else`, testNumber: 2, details: { error } }],
    ...closing,
  );
  assert.match(text, /0 with a passing test, .*, 1 with a failing test \(FM1\)/);
});

test('a name says its failure modes at its beginning', () => {
  assert.deepEqual(idsOf(`${fm(1)}, ${fm(22)}: it`), ['FM1', 'FM22']);
  assert.deepEqual(idsOf('it does FM1: so'), []);
  assert.deepEqual(idsOf('FM1 without a colon'), []);
});

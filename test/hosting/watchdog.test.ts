import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('an endless loop is told with the calls it may be in, and ended in the end', async () => {
  const script = fileURLToPath(new URL('stuck.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script]);
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  }
  const [, signal] = await once(child, 'close');
  assert.deepEqual([signal, output.stdout], ['SIGKILL', 'alive']);
  const [first = '', second = ''] = output.stderr.split('\n');
  const stuck =
    /Z error Belfry has been kept .+ by an endless loop in gate \(beforeUpdate\), ops \(deliver\); it is ended/;
  assert.match(first, new RegExp(`${stuck.source} after `));
  assert.match(second, new RegExp(`${stuck.source} now; the next start puts in order what was under way`));
});

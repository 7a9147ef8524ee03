import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readPullStream } from '../../../core/engine/docker/pull-stream.ts';
import type { PullProgress } from '../../../core/engine/port.ts';
import { withCode } from '../stage.ts';

async function* chunksOf(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const streamOf = (...lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\r\n`).join('');
const read = async (text: string, size = 1_000): Promise<readonly PullProgress[]> => {
  const reports: PullProgress[] = [];
  await readPullStream(chunksOf(text, size), (report) => reports.push(report));
  return reports;
};

const pull = streamOf(
  { status: 'Pulling from library/web', id: 'sha256:aa' },
  { status: 'Already exists', progressDetail: {}, id: 'base' },
  { status: 'Pulling fs layer', progressDetail: {}, id: 'one' },
  { status: 'Pulling fs layer', progressDetail: {}, id: 'two' },
  { status: 'Downloading', progressDetail: { current: 40, total: 100 }, id: 'one' },
  { status: 'Downloading', progressDetail: { current: 60, total: 60 }, id: 'two' },
  { status: 'Download complete', progressDetail: {}, id: 'two' },
  { status: 'Download complete', progressDetail: {}, id: 'one' },
  { status: 'Extracting', progressDetail: { current: 5, total: 100 }, id: 'one' },
  { status: 'Pull complete', progressDetail: {}, id: 'one' },
  { status: 'Pull complete', progressDetail: {}, id: 'two' },
  { status: 'Digest: sha256:aa — ünïcode' },
  { status: 'Status: Downloaded newer image' },
);

describe('the stream of a pull', () => {
  test('tells how far all layers are', async () => {
    const reports = await read(pull);
    assert.deepEqual(reports[0], { layers: 1, layersDone: 1, bytes: 0, bytesDone: 0 });
    assert.deepEqual(reports[4], { layers: 3, layersDone: 1, bytes: 160, bytesDone: 100 });
    assert.deepEqual(reports.at(-1), { layers: 3, layersDone: 3, bytes: 160, bytesDone: 160 });
  });

  test('reads the same however it is cut into chunks', async () => {
    const whole = await read(pull);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (size) => {
        assert.deepEqual(await read(pull, size), whole);
      }),
      { numRuns: 30 },
    );
  });

  test('FM58: fails at an error line, though the engine answered 200', async () => {
    const text = streamOf(
      { status: 'Pulling fs layer', id: 'one' },
      { errorDetail: { message: 'manifest unknown' }, error: 'manifest unknown' },
    );
    await assert.rejects(read(text), withCode('REGISTRY_NOT_FOUND'));
    await assert.rejects(read(streamOf({ error: 'something new' })), withCode('PULL_FAILED'));
  });

  test('FM58: fails where it breaks off inside a line', async () => {
    await assert.rejects(read(pull.slice(0, -20)), withCode('PULL_FAILED'));
  });

  test('is fine without a line', async () => {
    assert.deepEqual(await read(''), []);
  });
});

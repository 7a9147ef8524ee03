import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createLineWriter, type WritableFile } from '../../core/journal/line-writer.ts';
import { temporaryFolder } from './sample.ts';

/** A file in memory, with a disk that can be full. */
function fakeFile() {
  const state = { content: '', room: Number.POSITIVE_INFINITY, syncs: 0, truncatable: true };
  const file = {
    async write(bytes: Buffer, offset: number, length: number, position: number) {
      const room = Math.min(length, state.room - position);
      if (room <= 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      const written = bytes.toString('utf8', offset, offset + room);
      state.content = state.content.slice(0, position) + written + state.content.slice(position + room);
      return { bytesWritten: room, buffer: bytes };
    },
    async datasync() {
      state.syncs += 1;
    },
    async truncate(size: number) {
      if (!state.truncatable) throw new Error('EIO');
      state.content = state.content.slice(0, size);
    },
  };
  return { state, file: file as unknown as WritableFile };
}

describe('writing lines', () => {
  test('lines that wait together share one sync', async () => {
    const { state, file } = fakeFile();
    const writer = createLineWriter(file, 0);
    await Promise.all(Array.from({ length: 100 }, (_, at) => writer.append(`line ${at}\n`)));
    assert.equal(state.content.split('\n').length, 101);
    assert.ok(state.syncs <= 2, `${state.syncs} syncs`);
  });

  test('FM80: on a full disk an append fails, and what it has half written is cut off again', async () => {
    const { state, file } = fakeFile();
    const writer = createLineWriter(file, 0);
    await writer.append('whole\n');
    state.room = 10;
    await assert.rejects(writer.append('too long for the room\n'), { code: 'JOURNAL_FAILED' });
    assert.equal(state.content, 'whole\n');
    state.room = 100;
    assert.equal(await writer.append('again\n'), 6);
    assert.equal(state.content, 'whole\nagain\n');
  });

  test('a half-written line that cannot be cut off yet is cut off before the next one', async () => {
    const { state, file } = fakeFile();
    const writer = createLineWriter(file, 0);
    await writer.append('whole\n');
    Object.assign(state, { room: 20, truncatable: false });
    await assert.rejects(writer.append('a line that is much too long\n'), { code: 'JOURNAL_FAILED' });
    await assert.rejects(writer.append('x\n'), { code: 'JOURNAL_FAILED' });
    Object.assign(state, { room: 100, truncatable: true });
    await writer.append('x\n');
    assert.equal(state.content, 'whole\nx\n');
  });

  test('FM80: on a disk that is really full nothing half-written stays', { skip: !canMount() }, async (t) => {
    const folder = join(temporaryFolder(t), 'small');
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'none', folder]);
    const path = join(folder, 'log');
    writeFileSync(path, '');
    const file = await open(path, 'r+');
    try {
      const writer = createLineWriter(file, 0);
      await writer.append('whole\n');
      await assert.rejects(writer.append(`${'x'.repeat(40_000)}\n`), { code: 'JOURNAL_FAILED', message: /ENOSPC/ });
      assert.equal(readFileSync(path, 'utf8'), 'whole\n');
      await writer.append('again\n');
      assert.equal(readFileSync(path, 'utf8'), 'whole\nagain\n');
    } finally {
      await file.close();
      execFileSync('umount', [folder]);
    }
  });
});

// The same is shown on a fake disk above, where nobody may mount one.
function canMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

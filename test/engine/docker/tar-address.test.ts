import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { packTree } from '../../../core/demo/tar.ts';
import { addressed } from '../../../core/engine/docker/tar-address.ts';

const modified = new Date('2025-06-01T12:00:00.700Z');
const archive = packTree({ '/key': { content: 'secret', mode: 0o440 } });

/** What tar itself reads. */
function listed(bytes: Buffer): string {
  return execFileSync('tar', ['--full-time', '--utc', '-tvf', '-'], { input: bytes }).toString();
}

describe('FM34: the archive of a copied file', () => {
  test('gets another path and date and keeps mode, owner and content', () => {
    const bytes = addressed(archive, { path: '/run/secrets/key', modified });
    assert.match(listed(bytes), /^-r--r----- 0\/0 +6 2025-06-01 12:00:00 run\/secrets\/key$/m);
    assert.equal(execFileSync('tar', ['-xOf', '-'], { input: bytes }).toString(), 'secret');
  });

  test('takes paths of more than a hundred bytes, cut at a slash', () => {
    const path = `/${'a'.repeat(90)}/${'b'.repeat(90)}`;
    assert.ok(listed(addressed(archive, { path, modified })).includes(path.slice(1)));
  });

  test('refuses a path that no header takes', () => {
    const refused = (path: string) => () => addressed(archive, { path, modified });
    assert.throws(refused(`/${'a'.repeat(101)}`), /too long/);
    assert.throws(refused(`/${'a'.repeat(99)}`.repeat(4)), /too long/);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageDetails, imageSummary, listImages } from '../../../core/engine/docker/images.ts';
import { AppError } from '../../../core/errors/app-error.ts';
import { withCode } from '../stage.ts';

const pinned = `web@sha256:${'1'.repeat(64)}`;
const gone = () => new AppError('ENGINE_NOT_FOUND', 'content digest: not found');

test('a name with a digest is no tag', () => {
  const row = { Id: 'sha256:1', RepoTags: ['web:1', pinned, '<none>:<none>'], RepoDigests: [pinned] };
  assert.deepEqual(imageSummary(row, 'containerd').repoTags, ['web:1']);
  assert.deepEqual(imageDetails({ ...row, Os: 'linux', Architecture: 'amd64' }).RepoTags, ['web:1']);
});

test('FM66: only the classic store’s digests say that an image comes from a registry', () => {
  const built = { Id: 'sha256:1', RepoTags: ['web:1'], RepoDigests: [pinned] };
  assert.equal(imageSummary(built, 'classic').origin, 'registry');
  for (const store of ['containerd', 'podman'] as const) {
    assert.equal(imageSummary(built, store).origin, 'unknown');
    assert.equal(imageSummary({ ...built, RepoTags: ['web:1', pinned] }, store).origin, 'registry');
  }
  const nameless = { Id: 'sha256:1', RepoDigests: ['<none>@<none>'] };
  assert.equal(imageSummary(nameless, 'classic').origin, 'local');
  assert.equal(imageSummary(nameless, 'containerd').origin, 'unknown');
});

test('a list of images that fails since one was removed meanwhile is asked for again', async () => {
  let calls = 0;
  const list = await listImages(async () => {
    calls += 1;
    if (calls < 3) throw gone();
    return [];
  });
  assert.deepEqual([list, calls], [[], 3]);
});

test('a list of images that always fails is an error', async () => {
  await assert.rejects(
    listImages(async () => {
      throw gone();
    }),
    withCode('ENGINE_NOT_FOUND'),
  );
});

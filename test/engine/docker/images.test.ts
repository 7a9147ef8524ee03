import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statusError } from '../../../core/engine/docker/failures.ts';
import { imageSummary, inspectImage, listImages } from '../../../core/engine/docker/images.ts';
import { AppError } from '../../../core/errors/app-error.ts';
import { withCode } from '../stage.ts';

const pinned = `web@sha256:${'1'.repeat(64)}`;
const gone = () => new AppError('ENGINE_NOT_FOUND', 'content digest: not found');
const lost = () => statusError({ method: 'GET', path: '/images/json' }, 500, '{"message":"image not known"}');

test('a name with a digest is no tag', async () => {
  const row = { Id: 'sha256:1', RepoTags: ['web:1', pinned, '<none>:<none>'], RepoDigests: [pinned] };
  assert.deepEqual(imageSummary(row, 'containerd').repoTags, ['web:1']);
  assert.deepEqual((await inspectImage(async () => row)).RepoTags, ['web:1']);
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
  const said = [gone(), lost()];
  const list = await listImages(async () => {
    const error = said.shift();
    if (error !== undefined) throw error;
    return [];
  });
  assert.deepEqual([list, said], [[], []]);
});

test('a list of images that always fails is an error', async () => {
  await assert.rejects(
    listImages(async () => {
      throw gone();
    }),
    withCode('ENGINE_NOT_FOUND'),
  );
});

test('an image that Podman loses sight of, since it removes another one meanwhile, is asked for again', async () => {
  const said = [lost(), lost()];
  const image = await inspectImage(async () => {
    const error = said.shift();
    if (error !== undefined) throw error;
    return { Id: 'sha256:1', Os: 'linux', Architecture: 'amd64' };
  });
  assert.deepEqual([image.Id, said], ['sha256:1', []]);
});

test('an image that is not there is asked for once', async () => {
  let calls = 0;
  const asked = inspectImage(async () => {
    calls += 1;
    throw gone();
  });
  await assert.rejects(asked, withCode('ENGINE_NOT_FOUND'));
  assert.equal(calls, 1);
});

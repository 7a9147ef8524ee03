import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { hasCode } from '../../core/errors/app-error.ts';
import type { Code } from '../../core/errors/catalogue.ts';
import { createRegistry } from '../../core/registry/client.ts';
import { parseReference } from '../../core/registry/reference.ts';
import { closeServers, type Reply, type Seen, type Server, startServer } from './server.ts';

afterEach(closeServers);

const path = '/v2/team/app/tags/list';
const list = ({ host }: Server) =>
  createRegistry({ registries: {}, registryTlsSkip: false, env: { HOME: '/nonexistent' } }).tags(
    parseReference(`${host}/team/app:1`),
  );
const page = (tags: unknown, next?: string): Reply => ({
  status: 200,
  ...(next === undefined ? {} : { headers: { link: `<${next}>; rel="next"` } }),
  body: JSON.stringify({ name: 'team/app', tags }),
});
/** Answers by the value that `last` has in the query. */
const pages =
  (byLast: Readonly<Record<string, Reply>>) =>
  ({ path: asked }: Seen): Reply =>
    byLast[new URL(asked, 'http://x').searchParams.get('last') ?? ''] ?? { status: 404 };

describe('the tags of a repository', () => {
  test('are asked for a thousand at a time', async () => {
    const server = await startServer(() => page(['1', '2']));
    assert.deepEqual(await list(server), ['1', '2']);
    assert.deepEqual(
      server.seen.map((seen) => `${seen.method} ${seen.path}`),
      [`GET ${path}?n=1000`],
    );
  });

  for (const [how, next] of [
    ['an address without a host', `${path}?last=b&n=2`],
    ['an address on another host', `https://registry.internal${path}?last=b&n=2`],
    ['an address from behind a proxy', '/artifactory/api/docker/team/app/tags/list?last=b&n=2'],
    ['a query alone', '?last=b&n=2'],
  ] as const) {
    test(`are read on from the page that the last one names by ${how}`, async () => {
      const server = await startServer(pages({ '': page(['a', 'b'], next), b: page(['c']) }));
      assert.deepEqual(await list(server), ['a', 'b', 'c']);
      assert.equal(server.seen[1]?.path, `${path}?last=b&n=2`);
    });
  }

  test('end with a page that is empty, whatever it says of a next one', async () => {
    const server = await startServer(pages({ '': page(['a'], '?last=a'), a: page([], '?last=a') }));
    assert.deepEqual(await list(server), ['a']);
  });

  test('are none where the registry says null, and leave out what is no tag', async () => {
    assert.deepEqual(await list(await startServer(() => page(null))), []);
    assert.deepEqual(await list(await startServer(() => page(['ok', '../../x', '', 'a b', 'x'.repeat(129)]))), ['ok']);
  });

  const endless = (size: number) => {
    let pageNumber = 0;
    return (): Reply => {
      pageNumber += 1;
      return page(
        Array.from({ length: size }, (_, at) => `t${pageNumber}-${at}`),
        `?last=${pageNumber}`,
      );
    };
  };

  for (const [what, size, most] of [
    ['pages', 1, 100],
    ['tags', 3000, 7],
  ] as const) {
    test(`without an end are given up after so many ${what}`, async () => {
      const server = await startServer(endless(size));
      await assert.rejects(list(server), (error) => hasCode(error, 'REGISTRY_TAGS_TOO_MANY'));
      assert.equal(server.seen.length, most);
    });
  }

  const bad: readonly (readonly [string, Reply, Code])[] = [
    ['no JSON', { status: 200, body: '<html>' }, 'REGISTRY_ANSWER_INVALID'],
    ['a list', { status: 200, body: '[]' }, 'REGISTRY_ANSWER_INVALID'],
    ['tags that are no list', page({ 1: 'a' }), 'REGISTRY_ANSWER_INVALID'],
    ['tags that are no texts', page(['a', 1]), 'REGISTRY_ANSWER_INVALID'],
    ['a next page without a query', page(['a'], `${path}/x`), 'REGISTRY_ANSWER_INVALID'],
    ['a next page that is no address', page(['a'], 'http://['), 'REGISTRY_ANSWER_INVALID'],
    ['more than any list needs', { status: 200, body: Buffer.alloc(5 * 1024 * 1024, 32) }, 'REGISTRY_ANSWER_INVALID'],
    ['404', { status: 404 }, 'REGISTRY_NOT_FOUND'],
    ['403', { status: 403 }, 'REGISTRY_UNAUTHORIZED'],
    ['429', { status: 429 }, 'REGISTRY_RATE_LIMITED'],
    ['500', { status: 500 }, 'REGISTRY_FAILED'],
  ];
  for (const [what, reply, code] of bad) {
    test(`are not known where the registry answers with ${what}`, async () => {
      await assert.rejects(list(await startServer(() => reply)), (error) => hasCode(error, code));
    });
  }
});

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { HttpRequest } from 'belfry/plugin';
import { createTestHost, reportFixtures, testNotifier } from 'belfry/testing';
import { loadPlugin } from '../../core/loader.ts';

/** The first TypeScript example that holds a whole channel, as users copy it from the guide. */
async function pushover(): Promise<string> {
  const guide = await readFile(new URL('../../docs/notifications.md', import.meta.url), 'utf8');
  return /```ts\n(import \{ defineNotifier[\s\S]*?)```/.exec(guide)?.[1] ?? assert.fail('the guide shows a channel');
}

/** What Pushover refuses. */
function accepts({ url, body = '' }: HttpRequest): void {
  assert.equal(url, 'https://api.pushover.net/1/messages.json');
  const { token, user, title = '', message = '', html, priority } = Object.fromEntries(new URLSearchParams(body));
  assert.deepEqual([token, user], ['the-token-of-the-app', 'the-key-of-the-user']);
  assert.ok(title.length > 0 && title.length <= 250 && message.length > 0 && message.length <= 1024);
  assert.match(priority ?? '', /^[01]$/);
  if (html !== '1') return;
  const rest = message.replace(/<\/?(?:b|code|pre|a)(?: href="https?:[^"<>]*")?>/g, '');
  assert.doesNotMatch(rest, /[<>]|&(?!amp;|lt;|gt;|quot;|#39;)/);
}

describe('a channel that lies outside of Belfry', () => {
  test('is a page of code, and sends every report there can be', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'belfry-channel-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const source = await pushover();
    assert.ok(source.split('\n').length <= 40);
    await writeFile(join(folder, 'pushover.mts'), source);
    const plugin = await loadPlugin('./pushover.mts', folder);
    const config = { token: 'the-token-of-the-app', user: 'the-key-of-the-user' };
    await testNotifier(plugin, { config, accepts });

    const requests: HttpRequest[] = [];
    const http = async (request: HttpRequest) => {
      requests.push(request);
      return { status: 429, headers: { 'retry-after': '5' }, body: '' };
    };
    const select = { severity: 'error' };
    const host = await createTestHost(plugin, { config: { ...config, select, template: { title: '{{host}}' } }, http });
    const report = reportFixtures.find(({ name }) => name === 'something of everything')?.report ?? assert.fail();
    const answer = await host.deliver({ kind: 'run', report, event: null });
    assert.deepEqual(answer, { outcome: 'retry', why: 'answered 429', after: 5000 });
    const sent = new URLSearchParams(requests[0]?.body);
    assert.equal(sent.get('title'), 'nas-01');
    assert.match(sent.get('message') ?? '', /<b>Failed<\/b>/);
    assert.doesNotMatch(sent.get('message') ?? '', /Updated/);
  });

  test('says what is wrong with its configuration as it is loaded', async () => {
    const { default: slack } = await import('../../plugins/slack/index.ts');
    const wrong = (config: object) =>
      createTestHost(slack, { config: { url: 'https://example.org', ...config } }).then(
        () => 'nothing',
        (error: unknown) => String(error),
      );
    assert.match(
      await wrong({ template: { body: '{{hots}}' } }),
      /TEMPLATE_UNKNOWN_NAME.*slack: template.body: there is no {{hots}}. Did you mean host/,
    );
    assert.match(await wrong({ quiet: { from: '25:00', to: '7:00' } }), /quiet.from: Write a time as 22:00.*quiet.to/s);
    assert.match(await wrong({ select: { name: ['(a+)+'] } }), /select.name.0: This is no regular expression/);
    assert.match(await wrong({ delivery: 'digest' }), /A digest needs a schedule/);
    assert.match(await wrong({ allQuiet: '0 9 * *' }), /allQuiet: Write a cron expression/);
    assert.match(await wrong({ allQuiet: '0 25 * * *' }), /allQuiet: "0 25 \* \* \*" is not a cron expression/);
    assert.match(await wrong({ delivery: 'digest', schedule: '0 9 31 2 *' }), /schedule: .* names no moment that ever/);
    assert.match(await wrong({ tempalte: {} }), /Did you mean template/);
    assert.equal(await wrong({ delivery: 'digest', schedule: '@daily', remind: false }), 'nothing');
  });
});

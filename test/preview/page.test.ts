import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadPlugin } from '../../core/loader.ts';
import { runReport } from '../../core/notifier/build-report.ts';
import { builtInNames } from '../../core/paths.ts';
import type { HttpRequest } from '../../core/plugin.ts';
import { page } from '../../core/preview/page.ts';
import { placeholders } from '../../core/preview/placeholders.ts';
import { preview } from '../../core/preview/previews.ts';
import { reportFixtures, sampleFinished, sampleLine } from '../kit/reports.ts';
import { sampleVersion, sampleWorkload } from '../kit/samples.ts';
import { never, notifiers, previewsOf, unchanged } from './notifiers.ts';

/** What browsers run where nothing keeps them from it. */
const attack = '</script></pre></iframe>"><img src=x onerror=alert(1)>\'><svg/onload=alert(2)>](javascript:alert(3))';
const problem = { code: 'UNHEALTHY', message: attack, hint: attack };
const attacked = sampleLine(attack, {
  workload: sampleWorkload({ name: attack, image: attack, project: attack, labels: { [`belfry.${attack}`]: attack } }),
  ...{ state: 'failed', outcome: 'rolled-back', phase: 'verify', problem, logTail: [attack, `\`${attack}\``] },
  from: sampleVersion({ version: attack, source: `https://x.example/${attack}` }),
  to: sampleVersion({ version: `${attack}2`, source: `https://x.example/${attack}`, url: 'javascript:alert(4)' }),
});
const about = { id: 'msg_1', now: new Date(0) };
const reports = [
  { name: 'an attack', report: runReport(sampleFinished([attacked], { host: attack }), about) },
  ...reportFixtures,
];

const host = await notifiers();
const messageOf = (name: string) => {
  const report = reports.find((one) => one.name === name)?.report ?? assert.fail(name);
  return { kind: report.kind, report, event: null };
};
const shownOf = (name: string, on = host) => previewsOf(messageOf(name).report, on);

/** Every tag that may be in a page, and nothing else: what is left of a page without them is text. */
const tags =
  /<!doctype html>|<\/?(?:html|head|body|title|style|section|div|span|p|b|h1|h2|h4|small|pre|code|hr|br|details|summary)(?: (?:lang|class|id|style)="[^"<>]*")*>|<meta (?:charset|name|http-equiv)="[^"<>]*"(?: content="[^"<>]*")?>|<a href="https?:[^"<>]*" rel="noreferrer">|<\/a>|<iframe sandbox="" title="[^"<>]*" srcdoc="[^"<>]*"><\/iframe>/g;

describe('the page of previews', () => {
  for (const name of [
    'an attack',
    'markup of every kind',
    'right to left',
    'what calls everyone',
    'back-ticks and fences',
    'signs that steer terminals',
    'hostile labels',
  ]) {
    test(`shows as text whatever others have written: ${name}`, async () => {
      const text = page(await shownOf(name)).replace(tags, '');
      const at = text.indexOf('<');
      assert.equal(at, -1, `no tag of ours: ${text.slice(at, at + 80)}`);
      assert.doesNotMatch(text, /(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    });
  }

  test('shows each service in its own way, in light and in dark', async () => {
    const html = page(await shownOf('something of everything'));
    const looks = host.instances.map(({ name }) => {
      const [, ...panes] = [...html.matchAll(/<section id="([^"]*)">|<div class="pane (light|dark) (\w+)">/g)]
        .map(([, id, theme, look]) => id ?? `${theme} ${look}`)
        .join(' ')
        .split(new RegExp(`\\b${name} (?=light)`));
      return panes.join('').split(' ').slice(0, 4).join(' ');
    });
    const twice = (look: string) => `light ${look} dark ${look}`;
    const expected = ['slack', 'teams', 'mail', 'discord', 'telegram', 'push', 'push', 'raw', 'raw'];
    assert.deepEqual(looks, expected.map(twice));
  });

  test('has a mail as it is on a dark and on a light screen, whatever this one is', async () => {
    const [light = '', dark = ''] = page(await shownOf('something of everything')).match(/srcdoc="[^"]*"/g) ?? [];
    assert.match(light, /content=&quot;light&quot;[\s\S]*@media not all/);
    assert.match(dark, /content=&quot;dark&quot;[\s\S]*@media all/);
    assert.doesNotMatch(light + dark, /prefers-color-scheme|light dark/);
  });
});

describe('a preview', () => {
  test('is what the notifier sends, but for its secrets', async () => {
    const requests: HttpRequest[] = [];
    const sending = await notifiers(async ({ signal: _, ...request }) => {
      requests.push(request);
      return { status: 200, headers: {}, body: 'ok' };
    });
    const message = messageOf('something of everything');
    for (const instance of sending.instances.filter(({ use }) => !['email', 'script'].includes(use))) {
      const context = {
        id: message.report.id,
        attempt: 1,
        form: 'full',
        signal: new AbortController().signal,
      } as const;
      await sending.deliver(instance, message, context);
      const { sends, text, title } = await preview(instance, message, unchanged);
      const [sent, ...more] = requests.splice(0);
      assert.deepEqual([sends.length, more], [1, []], instance.use);
      const { body = '', url = '' } = sends[0] as HttpRequest;
      assert.equal(body.replaceAll('•••', 'PLACEHOLDER'), sent?.body, instance.use);
      assert.equal(new URL(url).host, new URL(sent?.url ?? '').host);
      assert.match(text, new RegExp(`^FAILED {2}${title}\n`));
    }
    await sending.dispose();
  });

  test('of all built-in notifiers masks every address and key, and there is one of each', async () => {
    assert.doesNotMatch(JSON.stringify(await shownOf('a sample: mixed')), /PLACEHOLDER/);
    const all = await Promise.all(builtInNames().map((name) => loadPlugin(name, '/')));
    const there = all.filter(({ destination }) => destination !== undefined).map(({ name }) => name);
    assert.deepEqual(placeholders.map(({ use }) => use).sort(), there.sort());
  });

  const foreign = { name: 'foreign', apiVersion: 1, summary: 'A notifier.' } as const;

  test('of a plugin that does not say what it sends is the report, and nothing is sent', async () => {
    const silent = await notifiers(never, { ...foreign, setup: () => ({ deliver: never }) });
    const [shown] = await shownOf('something of everything', silent);
    assert.deepEqual([shown?.sends, shown?.problem], [[], null]);
    assert.match(shown?.text ?? '', /^FAILED {2}1 update failed on nas-01/);
    assert.match(page(shown === undefined ? [] : [shown]), /does not say what it sends/);
  });

  test('of one that says it is shown, whatever it is', async () => {
    const sends = [{ topic: '<script>alert(1)</script>', payload: '{"a":1}' }];
    const speaking = await notifiers(never, {
      ...foreign,
      setup: () => ({ deliver: never, preview: () => ({ text: 'two words', sends }) }),
    });
    const shown = await shownOf('something of everything', speaking);
    assert.deepEqual([shown[0]?.text, shown[0]?.sends], ['two words', sends]);
    assert.match(page(shown), /&lt;script&gt;[\s\S]*&quot;a&quot;: 1/);
  });

  test('that fails says so and by whom, beside the report', async () => {
    const address = 'https://hooks.slack.com/services/T0/B0/canary';
    const answers = [() => assert.fail(address), () => 'nothing', () => ({ text: 'a' })];
    for (const answer of answers) {
      const failing = await notifiers(never, {
        ...foreign,
        setup: () => ({ deliver: never, preview: answer as () => never }),
      });
      const [shown] = await shownOf('something of everything', failing);
      assert.match(shown?.problem?.message ?? '', /^foreign \(preview\)/);
      assert.match(shown?.text ?? '', /^FAILED/);
      assert.doesNotMatch(JSON.stringify(shown), /canary/);
    }
  });
});

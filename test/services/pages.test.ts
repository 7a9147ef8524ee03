import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createTestHost, reportFixtures } from 'belfry/testing';
import { page as previewPage } from '../../core/preview/page.ts';
import email from '../../plugins/email/index.ts';
import { notifiers, previewsOf } from '../preview/notifiers.ts';
import { faintTextsOf, openBrowser, overflowOf } from './browser.ts';

const browser = await openBrowser();
after(() => browser.close());

const reportOf = (wanted: string) =>
  reportFixtures.find(({ name }) => name === wanted)?.report ?? assert.fail(`no report ${wanted}`);
const config = { host: 'smtp.example.org', from: 'belfry@example.org', to: ['ops@example.org'] };
const host = await createTestHost(email, { config });
const schemes = ['light', 'dark'] as const;

async function mailOf(name: string): Promise<string> {
  const report = reportOf(name);
  const shown = await host.preview({ kind: report.kind, report, event: null });
  const [mail] = (shown?.sends ?? []) as readonly { readonly html?: string }[];
  return mail?.html ?? assert.fail('the mail is no page');
}

async function open(t: { after(work: () => Promise<void>): void }, width: number, colorScheme: 'light' | 'dark') {
  const asked: string[] = [];
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
  t.after(() => context.close());
  const page = await context.newPage();
  page.on('request', (request) => asked.push(request.url()));
  page.on('dialog', () => asked.push('a script'));
  return { page, asked };
}

describe('a mail in a browser', () => {
  const reports = [
    ...['a sample: mixed', 'a sample: down', 'a sample: updated', 'something of everything', 'markup of every kind'],
    ...['right to left', 'a name of ten thousand letters', 'ten thousand emoji', '500 of everything'],
  ];
  for (const width of [320, 375, 680]) {
    for (const scheme of schemes) {
      test(`of ${width} pixels is not wider than that, and easy to read on a ${scheme} screen`, async (t) => {
        const { page, asked } = await open(t, width, scheme);
        for (const name of reports) {
          await page.setContent(await mailOf(name));
          assert.equal(await overflowOf(page), 0, name);
          assert.deepEqual(await faintTextsOf(page), [], name);
        }
        assert.deepEqual(asked, []);
      });
    }
  }
});

describe('the page of previews in a browser', () => {
  const on = notifiers();
  const html = async (name: string) => previewPage(await previewsOf(reportOf(name), await on));

  for (const width of [375, 680, 1400]) {
    for (const scheme of schemes) {
      test(`of ${width} pixels on a ${scheme} screen has every service whole and easy to read`, async (t) => {
        const { page, asked } = await open(t, width, scheme);
        for (const name of ['a sample: mixed', 'markup of every kind', 'a name of ten thousand letters']) {
          await page.setContent(await html(name));
          assert.equal(await overflowOf(page), 0, name);
          assert.deepEqual(await faintTextsOf(page), [], name);
          const wide = await page.evaluate<readonly string[]>(tooWide);
          assert.deepEqual(wide, [], name);
        }
        assert.deepEqual(
          asked.filter((url) => !url.startsWith('about:')),
          [],
        );
      });
    }
  }

  test('shows in its frames the mail as each screen has it', async (t) => {
    const { page } = await open(t, 1400, 'light');
    await page.setContent(await html('a sample: mixed'));
    const colour = "getComputedStyle(document.querySelector('.card')).backgroundColor";
    const frames = page.frames().slice(1);
    const colours = await Promise.all(frames.map((frame) => frame.evaluate<string>(colour)));
    assert.deepEqual(colours, ['rgb(255, 255, 255)', 'rgb(31, 34, 40)']);
  });
});

/** What does not fit into its pane. */
const tooWide = `[...document.querySelectorAll('.pane')].flatMap((pane) => pane.scrollWidth > pane.clientWidth ? pane.className : [])`;

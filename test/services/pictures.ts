// Writes the pictures of the documentation: `pictures.ts [FOLDER]`. Look at each before you commit it.
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import type { Report } from '../../core/notifier/report.ts';
import { sampleReport } from '../../core/notifier/sample.ts';
import { page as previewPage } from '../../core/preview/page.ts';
import { notifiers, previewsOf } from '../preview/notifiers.ts';
import { openBrowser } from './browser.ts';
import { installServices } from './install.ts';
import { smallPng } from './small-png.ts';

const [folder = 'docs/images'] = process.argv.slice(2);
const width = 640;

await installServices(['chromium', 'fonts-dejavu-core', 'fonts-noto-color-emoji']);
mkdirSync(folder, { recursive: true });
const browser = await openBrowser();
try {
  const sample = sampleReport('mixed', { id: 'msg_1', host: 'nas-01', now: new Date('2026-08-22T02:07:22Z') });
  // A report as a real run makes it.
  const report: Report = {
    ...{ ...sample, kind: 'run', title: sample.title.replace('Test: ', '') },
    cycle: { ...sample.cycle, id: 'cyc_01j9zk3q5r7t' },
  } as const;
  const shown = await previewsOf(report, await notifiers());
  const page = await browser.newPage({ viewport: { width: width * 2, height: 800 } });
  await page.setContent(previewPage(shown));
  for (const name of ['slack', 'teams', 'discord', 'telegram', 'ntfy', 'gotify']) {
    await write(`${name}.png`, await page.locator(`#${name} .light`).screenshot());
  }
  const mail = shown.find(({ use }) => use === 'email')?.sends[0] as { readonly html: string };
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ viewport: { width, height: 400 }, colorScheme });
    const alone = await context.newPage();
    await alone.setContent(mail.html);
    await write(`mail-${colorScheme}.png`, await alone.screenshot({ fullPage: true }));
    await context.close();
  }
} finally {
  await browser.close();
}

async function write(name: string, picture: Buffer): Promise<void> {
  const path = `${folder}/${name}`;
  writeFileSync(path, smallPng(picture));
  process.stderr.write(`${path}  ${(statSync(path).size / 1000).toFixed(1)} kB\n`);
}

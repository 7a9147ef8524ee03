import assert from 'node:assert/strict';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findProgram } from '../../core/demo/programs.ts';

/** Debian's own Chromium, without a window and without a word to anybody. */
export function openBrowser(): Promise<Browser> {
  const quiet = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'];
  return chromium.launch({
    executablePath: findProgram('chromium') ?? assert.fail('chromium is not installed'),
    args: ['--no-sandbox', '--disable-sync', '--disable-lcd-text', ...quiet],
  });
}

/** By how many pixels the page is wider than its window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate<number>('Math.max(0, document.documentElement.scrollWidth - innerWidth)');

/** Every text that stands out too little from what is behind it: WCAG asks for 4.5, and for 3 where letters are large. */
export const faintTextsOf = (page: Page): Promise<readonly string[]> => page.evaluate<readonly string[]>(faintTexts);

// Runs in the page, of whose types nothing is known here.
const faintTexts = `(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], under) => [r, g, b].map((one, at) => one * a + under[at] * (1 - a));
  const behind = (element) => {
    if (element === null) return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
    return over(numbers(getComputedStyle(element).backgroundColor), behind(element.parentElement));
  };
  const luminance = (colour) => colour
    .map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: element, nodeValue: text } = walker.currentNode;
    if (text.trim() === '' || element.getClientRects().length === 0) continue;
    const style = getComputedStyle(element);
    if (style.maxHeight === '0px' || ['STYLE', 'TITLE'].includes(element.tagName)) continue;
    const under = behind(element);
    const [bright, dim] = [under, over(numbers(style.color), under)].map(luminance).sort((a, b) => b - a);
    const contrast = (bright + 0.05) / (dim + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (contrast < (large ? 3 : 4.5)) faint.push(contrast.toFixed(2) + ' ' + text.trim().slice(0, 60));
  }
  return faint;
})()`;

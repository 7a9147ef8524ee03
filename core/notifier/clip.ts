import type { Budget } from '../plugin.ts';

let segmenter: Intl.Segmenter | undefined;

/** Counts as the budget does. */
export function sizeIn(unit: Budget['unit'], text: string): number {
  if (unit === 'utf-16') return text.length;
  if (unit === 'bytes') return Buffer.byteLength(text);
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The beginning of a text and an ellipsis, where it is longer than the limit. Never splits what is seen as one sign. */
export function clip(text: string, limit: number, unit: Budget['unit'] = 'characters'): string {
  // No unit counts more than the UTF-16 length times three.
  if (text.length * (unit === 'bytes' ? 3 : 1) <= limit || sizeIn(unit, text) <= limit) return text;
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const room = limit - sizeIn(unit, '…');
  let kept = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    used += sizeIn(unit, segment);
    if (used > room) break;
    kept += segment;
  }
  return room < 0 ? '' : `${kept.trimEnd()}…`;
}

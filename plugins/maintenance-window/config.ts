import { z } from 'belfry/plugin';
import { type Blackout, parseBlackout } from './blackout.ts';
import { windowOf } from './windows.ts';
import { zoneNamed } from './zone.ts';

const window = z
  .strictObject({
    days: z
      .array(z.string())
      .default([])
      .describe('The days on which it opens, such as `mon-fri` and `sat`; every day unless given.'),
    from: z.string().describe('When it opens, such as `22:00`.'),
    to: z.string().describe('When it closes, such as `05:00`; a time before `from` is on the next day.'),
  })
  .transform(({ days, from, to }, { addIssue }) => {
    const window = windowOf(days, from, to);
    if (typeof window !== 'string') return window;
    addIssue(window);
    return z.NEVER;
  });

const blackout = z.string().transform((text, { addIssue }): Blackout => {
  const parsed = parseBlackout(text);
  if (parsed !== undefined) return parsed;
  addIssue(`"${text}" is not a date such as 2026-12-24, 2026-12-24..2027-01-02 or, each year, --12-24`);
  return z.NEVER;
});

export const config = z.strictObject({
  windows: z.array(window).prefault([]).describe('When updates may happen; at any time unless given.'),
  timeZone: z
    .string()
    .refine(isZone, { error: 'expected a time zone such as Europe/Berlin' })
    .optional()
    .describe('The time zone of all these times and dates; Belfry’s own unless given.'),
  blackout: z
    .array(blackout)
    .prefault([])
    .describe('Dates on which nothing is updated: `2026-12-24`, `2026-12-24..2027-01-02`, or each year `--12-24`.'),
});

function isZone(name: string): boolean {
  try {
    zoneNamed(name);
    return true;
  } catch {
    return false;
  }
}

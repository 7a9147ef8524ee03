// Control characters, line and paragraph separators, lone surrogates, and what changes the direction of writing.
const harmful = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** One line of text that shows as what it is: names and messages of others may hold anything. */
export const clean = (text: string): string => text.replace(harmful, ' ').trim();

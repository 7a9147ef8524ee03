/** Where a text stops being JSON, as an index into it; its length where it ends too early. */
export function brokenAt(text: string): number {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.test(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const scalar = () =>
    take(/"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy) ||
    take(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y) ||
    take(/true|false|null/y);
  const list = (end: RegExp, item: () => boolean): boolean => {
    if (take(end)) return true;
    while (item()) {
      if (take(end)) return true;
      if (!take(/\s*,/y)) return false;
    }
    return false;
  };
  const value = (): boolean => {
    take(/\s*/y);
    if (take(/\[/y)) return list(/\s*\]/y, value);
    if (take(/\{/y)) return list(/\s*\}/y, member);
    return scalar();
  };
  const member = (): boolean => {
    take(/\s*/y);
    return take(/"(?:[^"\\\p{Cc}]|\\.)*"/uy) && take(/\s*:/y) && value();
  };
  value();
  take(/\s*/y);
  return at;
}

/** What most likely broke it there, and what to do about it. */
export interface Cause {
  readonly why: string;
  readonly hint: string;
}

/** Undefined where nothing usual is to be seen at that place. */
export function causeAt(text: string, at: number): Cause | undefined {
  const [before, rest] = [text.slice(0, at).trimEnd(), text.slice(at).trimStart()];
  return usual.find((one) => one.before.test(before) && one.rest.test(rest));
}

/** The first that fits counts. */
const usual: readonly (Cause & { readonly before: RegExp; readonly rest: RegExp })[] = [
  {
    before: /^$/,
    rest: /^$/,
    why: 'The file is empty.',
    hint: 'Write {} for no settings, or remove it.',
  },
  {
    before: /^/,
    rest: /^(?:\/[/*]|#)/,
    why: 'JSON has no comments.',
    hint: 'Take them out, or name the file .yaml: YAML has them behind #, and takes all of JSON.',
  },
  {
    before: /,$/,
    rest: /^[}\]]/,
    why: 'In JSON no comma stands after the last entry.',
    hint: 'Take out the comma before this place.',
  },
  {
    before: /^/,
    rest: /^(?:['A-Za-z_$‘“”]|-\D)/,
    why: 'In JSON keys and texts stand in double quotes (").',
    hint: 'Put them around what stands at this place; only numbers, true, false and null stand without.',
  },
  {
    before: /(?:["\]}\w])$/,
    rest: /^["[{]/,
    why: 'A comma is missing between two entries.',
    hint: 'Write one before this place.',
  },
  {
    before: /^/,
    rest: /^"/,
    why: 'A text is not closed, or holds a line break or a backslash.',
    hint: 'Close it with a double quote; write a line break as \\n and a backslash as \\\\.',
  },
  {
    before: /^/,
    rest: /^$/,
    why: 'It ends too early.',
    hint: 'Close the brackets that are open there.',
  },
];

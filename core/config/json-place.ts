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

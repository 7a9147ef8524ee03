/** The longest pattern accepted: container names have at most 255 characters. */
const longest = 500;

/** What is wrong with a pattern of container names, to follow its quotation; undefined where it can be used. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > longest) return `is longer than ${longest} characters`;
  if (repeatsRepeats(pattern)) return 'repeats a group that repeats itself, which can take for ever to match';
  try {
    new RegExp(pattern);
    return undefined;
  } catch {
    return 'is not a regular expression';
  }
}

/** Whether a pattern matches a whole container name. A leading slash, as the engine writes names, is tolerated. */
export function matchesName(pattern: string, name: string): boolean {
  const bare = pattern.startsWith('/') ? pattern.slice(1) : pattern;
  return new RegExp(`^(?:${bare})$`).test(name.startsWith('/') ? name.slice(1) : name);
}

/** `(a+)+` and its like take exponential time, so no pattern may have a repeat inside a repeated group. */
function repeatsRepeats(pattern: string): boolean {
  const tokens = pattern.match(/\\.|\[(?:\\.|[^\]])*\]|\(|\)|[*+]|\{\d*,?\d*\}|[\s\S]/g) ?? [];
  const groups = [false];
  for (const [index, token] of tokens.entries()) {
    if (token === '(') groups.push(false);
    else if (token === ')') {
      const inner = groups.pop() ?? false;
      if (inner && isRepeat(tokens[index + 1])) return true;
      if (inner) groups[groups.length - 1] = true;
    } else if (isRepeat(token)) groups[groups.length - 1] = true;
  }
  return false;
}

function isRepeat(token: string | undefined): boolean {
  return token === '*' || token === '+' || (token !== undefined && /^\{\d+,?\d*\}$/.test(token) && token !== '{1}');
}

/** Splits a command into its words as a shell does, with both kinds of quotes and nothing else; undefined where one stays open. */
export function words(text: string): readonly string[] | undefined {
  const found: string[] = [];
  let word: string | undefined;
  for (const [token] of text.matchAll(tokens)) {
    const [first = ''] = token;
    if (/\s/.test(first)) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else if (token === '"' || token === "'" || token === '\\') return undefined;
    else if (first === "'") word = (word ?? '') + token.slice(1, -1);
    else if (first === '"') word = (word ?? '') + token.slice(1, -1).replace(/\\(["\\])/g, '$1');
    else word = (word ?? '') + (first === '\\' ? token.slice(1) : token);
  }
  return word === undefined ? found : [...found, word];
}

/** Space, a quoted part, a character behind a backslash, and any other; an open quote is left as itself. */
const tokens = /\s+|'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\[\s\S]|[^\s'"\\]+|[\s\S]/g;

const shorthands: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** What others wrote, such as a label or an engine's message, may neither begin a line nor steer a terminal. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => shorthands[character] ?? `\\u${hex(character)}`);
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, '0');
}

const mask = '•••';
/** Shorter values stand in too many innocent words. */
const shortest = 4;

/** A function that masks secrets in a text, also as JSON, URLs and base64 write them. */
export function createRedact(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(secrets.filter((secret) => secret.length >= shortest).flatMap(formsOf));
  if (forms.size === 0) return (text) => text;
  const longestFirst = [...forms].sort((left, right) => right.length - left.length);
  const pattern = new RegExp(longestFirst.map(quoted).join('|'), 'g');
  return (text) => text.replace(pattern, mask);
}

function formsOf(secret: string): readonly string[] {
  const url = encodeURIComponent(Buffer.from(secret).toString());
  const form = new URLSearchParams([['', secret]]).toString().slice(1);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    ...[url, form].flatMap((text) => [text, text.replace(/%../g, (code) => code.toLowerCase())]),
    ...base64Forms(Buffer.from(secret)),
  ];
}

/** Base64 of the secret alone and, in the three ways its bytes can fall, inside something longer such as `user:secret`. */
function base64Forms(secret: Buffer): readonly string[] {
  const inside = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), secret]).toString('base64url');
    const shared = (before + secret.length) % 3 === 0 ? 0 : 1;
    return text.slice(before === 0 ? 0 : before + 1, text.length - shared);
  });
  const texts = [secret.toString('base64'), ...inside.filter((text) => text.length >= shortest)];
  return texts.flatMap((text) => [
    text,
    text.replace(/=+$/, ''),
    text.replaceAll('+', '-').replaceAll('/', '_'),
    text.replaceAll('-', '+').replaceAll('_', '/'),
  ]);
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

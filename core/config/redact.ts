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

/** What secrets look like wherever they come from; the first group, where there is one, stays. */
const shapes: readonly RegExp[] = [
  /(\bhttps:\/\/hooks\.slack(?:-gov)?\.com\/)[\w/-]+/g,
  /(\/services\/)T\w+\/B\w+\/\w+/g,
  /(\/api\/webhooks\/)\d+\/[\w-]+/g,
  /(\bbot)\d{6,}:[\w-]{30,}/g,
  /([?&](?:sig|signature|token|key|apikey|api_key|access_token|password|secret)=)[^&\s"'<>]+/gi,
  /(\b(?:Bearer|Basic)\s+)[\w.~+/=-]{8,}/gi,
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]{0,200}:)[^\s/@]{1,500}(?=@)/gi,
  /()\beyJ[\w-]{8,2000}\.[\w-]{8,4000}\.[\w-]*/g,
  /()\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /()\bwhsec_[\w+/=-]{8,}/g,
  /()\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,})/g,
];

/** What stands in every one of them: most texts hold none of it, and need no closer look. */
const traces =
  /:\/\/|services\/T|webhooks\/|bot\d|[?&]\w+=|bearer|basic|eyJ|AKIA|ASIA|whsec_|gh[pousr]_|github_pat_|glpat-|xox/i;

/** Masks what looks like a secret, whoever it belongs to: containers log their own. */
export function maskShapes(text: string): string {
  if (!traces.test(text)) return text;
  return shapes.reduce((masked, shape) => masked.replace(shape, `$1${mask}`), text);
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

/** One way to authenticate that a server offers. Names of parameters are in lower case. */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly parameters: Readonly<Record<string, string>>;
}

/** The best offer of a WWW-Authenticate header (RFC 9110, 11.6.1): a bearer token before a password. */
export function chooseChallenge(header: string | undefined): Challenge | undefined {
  const offers = parseChallenges(header ?? '');
  const bearer = offers.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.realm);
  const basic = offers.find(({ scheme }) => scheme === 'basic');
  if (bearer) return { scheme: 'bearer', parameters: bearer.parameters };
  return basic && { scheme: 'basic', parameters: basic.parameters };
}

interface Offer {
  readonly scheme: string;
  readonly parameters: Record<string, string>;
}

/** Every challenge of the header, in order; what cannot be read ends the list. */
export function parseChallenges(header: string): readonly Offer[] {
  const offers: Offer[] = [];
  let rest = header;
  for (;;) {
    rest = rest.replace(/^[\s,]+/, '');
    const parameter = parameterPattern.exec(rest);
    const current = offers.at(-1);
    const scheme = parameter === null ? schemePattern.exec(rest) : null;
    if (parameter !== null && current !== undefined) {
      const [, name = '', quoted, bare = ''] = parameter;
      current.parameters[name.toLowerCase()] ??= quoted?.replace(/\\(.)/g, '$1') ?? bare;
    } else if (scheme !== null) {
      offers.push({ scheme: (scheme[1] ?? '').toLowerCase(), parameters: {} });
    } else {
      return offers;
    }
    rest = rest.slice((parameter ?? scheme)?.[0].length);
  }
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
// An unquoted value may hold more than RFC 9110 allows: some registries leave the realm's quotes out.
const parameterPattern = new RegExp(`^(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,"]+))`);
/** A scheme, with the token68 that may follow it in place of parameters. */
const schemePattern = new RegExp(`^(${token})(?:[ \\t]+[A-Za-z0-9._~+/-]+=*(?=\\s*(?:,|$)))?`);

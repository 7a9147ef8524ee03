import { type Address, fault, isOn, readUrl } from './address.ts';
import { clearText, given, type Made, one, ownTitle, type Service } from './service.ts';

const own = ['contenttype', 'disabletls', 'template', 'titlekey', 'messagekey', 'method'] as const;

/**
 * `generic://HOST/PATH`: keys that are not for shoutrrr go on to the receiver. In `generic+https://…` all but those for
 * headers and fields do, and those for shoutrrr count besides where they can.
 */
export const generic: Service = {
  reads: own,
  ignored: { title: ownTitle },
  forwards: true,
  translate(address) {
    const { text, scheme } = address;
    const open = scheme === 'generic+http' || (scheme === 'generic' && isOn(address, 'disabletls'));
    const { query } = address;
    // What has no host would have the first part of its path taken for one.
    if (address.hostname === '') throw fault('it names no host', 'Write generic://HOST/PATH.');
    const url = readUrl(text.replace(/^[^:]*/, open ? 'http' : 'https'));
    const whole = scheme !== 'generic';
    const { headers, fields } = takeOut(url, whole);
    const json = /^json$/i.test(query.get('template') ?? '');
    if (!whole && !json && (query.get('template') ?? '') !== '') {
      throw fault(
        'its `template` is not json',
        'Leave it out, or make the body in the configuration: plugins/webhook/README.md.',
      );
    }
    const method = query.get('method')?.toUpperCase() ?? 'POST';
    if (!whole && method !== 'POST' && method !== 'PUT') throw fault('its `method` is neither POST nor PUT');
    const authorization = signIn(url, address);
    const contentType = json ? query.get('contenttype') : undefined;
    const config = {
      url: url.href,
      mode: json ? 'message' : 'text',
      ...(method === 'PUT' ? { method } : {}),
      ...(json ? keysOf(query) : {}),
      ...(json && Object.keys(fields).length > 0 ? { fields } : {}),
      ...full({ headers: { ...authorization, ...headers, ...given({ 'content-type': contentType }) } }),
      ...(open ? { allowInsecure: true } : {}),
    };
    return one('webhook', config, [...clearText(url.href), ...(json ? [] : lost(query, fields))]);
  },
};

/** What means something only where the body is JSON. */
function lost(query: Address['query'], fields: Readonly<Record<string, string>>): readonly string[] {
  const keys = ['contenttype', 'titlekey', 'messagekey'].filter((key) => query.has(key));
  const named = [...keys, ...(Object.keys(fields).length > 0 ? ['keys with a $'] : [])];
  const [first] = named;
  if (first === undefined) return [];
  const are = named.length > 1 || first.startsWith('keys') ? 'are ignored: they belong' : 'is ignored: it belongs';
  return [`${named.join(', ')} ${are} to template=json.`];
}

/** Moves a user and a password out of an address into a header. */
function signIn(url: URL, { user, password }: Address): Readonly<Record<string, string>> {
  if (user === '' && password === '') return {};
  url.username = '';
  url.password = '';
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** Takes out of the address what is no part of the receiver's: `@HEADER`, `$FIELD`, and the keys of shoutrrr's own. */
function takeOut(url: URL, whole: boolean) {
  const headers: Record<string, string> = {};
  const fields: Record<string, string> = {};
  const forwarded: [string, string][] = [];
  for (const [key, value] of [...url.searchParams]) {
    if (key.startsWith('@')) headers[headerName(key.slice(1))] ??= value;
    else if (key.startsWith('$')) fields[key.slice(1)] ??= value;
    else if (!whole && isEscaped(key)) forwarded.push([key.replace(/^__?/, ''), value]);
    else if (whole || !isOwn(key)) forwarded.push([key, value]);
  }
  // What stays as it is keeps its own spelling.
  const before = [...url.searchParams].map(([key]) => key);
  const isChanged = before.length !== forwarded.length || forwarded.some(([key], at) => key !== before[at]);
  if (isChanged) url.search = new URLSearchParams(forwarded).toString();
  return { headers, fields };
}

const isOwn = (key: string) => [...own, 'title'].some((one) => one === key.toLowerCase());

/** An underscore before a name of shoutrrr's says that it is meant for the receiver. */
const isEscaped = (key: string) => /^__?/.test(key) && isOwn(key.replace(/^__?/, ''));

/** `acceptLanguage` stands for Accept-Language. */
const headerName = (key: string) => key.replace(/(?<=[^-])(?=[A-Z])/g, '-').toLowerCase();

function keysOf(query: ReadonlyMap<string, string>): Readonly<Record<string, unknown>> {
  return full({ keys: given({ title: query.get('titlekey'), message: query.get('messagekey') }) });
}

const full = (values: Readonly<Record<string, object>>): Made['uses'][number]['config'] =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => Object.keys(value).length > 0));

import { type Address, fault, isOn, yes } from './address.ts';
import { given, one, ownTitle, type Service, unverified } from './service.ts';

export const smtp: Service = {
  reads: [
    ...['fromaddress', 'from', 'fromname', 'toaddresses', 'to', 'auth', 'encryption'],
    ...['usestarttls', 'starttls', 'requirestarttls'],
  ],
  ignored: {
    subject: ownTitle,
    title: ownTitle,
    usehtml: { why: 'a mail holds both HTML and text.', idle: yes },
    clienthost: { why: 'Belfry greets with the name of its own host.' },
    timeout: { why: 'time limits are Belfry’s own.' },
    skiptlsverify: unverified,
  },
  translate(address) {
    const { hostname: host, query, port = 25 } = address;
    const auth = query.get('auth')?.toLowerCase() ?? '';
    if (auth === 'oauth2') {
      throw fault(
        'it signs in by an access token, which holds for an hour or so',
        'Give a user and a password for programs.',
      );
    }
    const from = plus(query.get('fromaddress') ?? query.get('from') ?? '');
    const to = plus(query.get('toaddresses') ?? query.get('to') ?? '');
    if (host === '') throw fault('it names no mail server');
    if (from === '' || to === '')
      throw fault('it does not say whom mails are from and to', 'Add ?from=ADDRESS&to=ADDRESS.');
    const signIn = auth === 'none' ? {} : { user: address.user, password: address.password };
    return one(
      'email',
      mailConfig({
        host,
        port,
        from,
        to,
        ...signIn,
        name: query.get('fromname'),
        encryption: encryptionOf(address),
      }),
    );
  },
};

export interface Mailing {
  readonly host: string;
  readonly port: number;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly from: string;
  readonly name?: string | undefined;
  /** Addresses, with commas between them. */
  readonly to: string;
  readonly encryption: 'implicit' | 'required' | 'offered' | 'none';
}

/** The configuration of `email`. What shoutrrr encrypts only if the server offers it is never left open with a password. */
export function mailConfig(mailing: Mailing): Readonly<Record<string, unknown>> {
  const { host, port, user = '', password = '', name = '', encryption } = mailing;
  const security = { implicit: 'tls', required: 'starttls', offered: 'opportunistic', none: 'none' }[encryption];
  const { from } = mailing;
  return {
    host,
    port,
    security: security === 'opportunistic' && password !== '' ? 'starttls' : security,
    ...given({ user, password }),
    from: name === '' ? from : `${name.replace(/[<>\r\n]/g, '')} <${from}>`,
    to: mailing.to.split(',').flatMap((one) => one.trim() || []),
  };
}

/** In a query a plus that is not written as %2B reads as a space; names of people have such, addresses have none. */
const plus = (addresses: string) => addresses.replace(/(?<=[^\s<,]) (?=[^\s<>,]*@)/g, '+');

function encryptionOf(address: Address): Mailing['encryption'] {
  const { query, port } = address;
  const method = query.get('encryption')?.toLowerCase() || 'auto';
  if (!['auto', 'none', 'explicittls', 'implicittls'].includes(method)) {
    throw fault('`encryption` is none of Auto, None, ExplicitTLS and ImplicitTLS');
  }
  if (method === 'implicittls' || (method === 'auto' && port === 465)) return 'implicit';
  const key = query.has('usestarttls') ? 'usestarttls' : 'starttls';
  if (!isOn(address, key, true)) return 'none';
  return isOn(address, 'requirestarttls') ? 'required' : 'offered';
}

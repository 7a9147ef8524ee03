import type { DeliveryAnswer } from 'belfry/plugin';
import type { Mail } from './message.ts';

interface Server {
  readonly host: string;
  readonly port?: number | undefined;
  readonly security: 'starttls' | 'tls' | 'opportunistic' | 'none';
  readonly ca?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

interface Sent {
  readonly answer: DeliveryAnswer;
  /** Whom the server does not take it for, while it does for others. */
  readonly refused: readonly { readonly to: string; readonly why: string }[];
}

const ports = { starttls: 587, tls: 465, opportunistic: 25, none: 25 } as const;

/** One connection for one mail. Never rejects. */
export async function send(server: Server, mail: Mail, signal: AbortSignal): Promise<Sent> {
  const { host, security, port = ports[security], ca, user, password } = server;
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    ...(user === undefined || password === undefined ? {} : { auth: { user, pass: password } }),
    dnsTimeout: 8_000,
    connectionTimeout: 8_000,
    greetingTimeout: 8_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { rejectedErrors = [] } = await transport.sendMail({
      ...mail,
      to: [...mail.to],
      cc: [...mail.cc],
      references: [...(mail.references ?? [])],
      signal,
    });
    const refused = rejectedErrors.map((error) => ({ to: error.recipient ?? '?', why: saidBy(error) }));
    return { answer: { outcome: 'sent' }, refused };
  } catch (error) {
    return { answer: understood(error instanceof Error ? error : new Error(String(error)), security), refused: [] };
  } finally {
    transport.close();
  }
}

type Failure = Error & {
  readonly code?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
};

/** What the server has said decides; where it said nothing, the mail may have arrived or not, and is sent again. */
function understood(error: Failure, security: Server['security']): DeliveryAnswer {
  const { code, responseCode = 0 } = error;
  const why = saidBy(error);
  const passing = responseCode >= 400 && responseCode < 500;
  if (code === 'EAUTH' && !passing) {
    return { outcome: 'permanent', why: `the mail server refuses the user or the password: ${why}` };
  }
  if (/wrong version number|packet length too long/i.test(error.message)) {
    const instead = security === 'tls' ? 'this port seems to want `starttls`' : 'this port seems to want `tls`';
    return { outcome: 'permanent', why: `the connection could not be encrypted, ${instead}: ${why}` };
  }
  if (responseCode === 0 && /certificate|altname|self.signed|issuer/i.test(error.message)) {
    return { outcome: 'retry', why: `the mail server’s certificate is not trusted: ${why}` };
  }
  if (passing) return { outcome: 'retry', why };
  if (code === 'ETLS' && responseCode >= 500) {
    return { outcome: 'permanent', why: `the mail server does not encrypt the connection (STARTTLS): ${why}` };
  }
  if (code === 'EMESSAGE' && /^552|5\.3\.4/.test(error.response ?? '')) return { outcome: 'shrink', why };
  if (responseCode >= 500 || code === 'ECONFIG') return { outcome: 'permanent', why };
  return { outcome: 'retry', why };
}

/** The server's own words where it said any. */
const saidBy = ({ response, message }: Failure) => response ?? message;

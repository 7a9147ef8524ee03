import { createHmac } from 'node:crypto';

/** Standard Webhooks, version 1: one signature for each secret, so that receivers can change theirs at any time. */
export function signatures(secrets: readonly string[], content: string): string {
  const sign = (secret: string) =>
    createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
      .update(content)
      .digest('base64');
  return secrets.map((secret) => `v1,${sign(secret)}`).join(' ');
}

import { createHash } from 'node:crypto';

/** Names the receiver behind an address that is itself a secret: its host, and enough to tell it from others there. */
export function hiddenDestination(url: string): string {
  return `${new URL(url).host}#${createHash('sha256').update(url).digest('hex').slice(0, 8)}`;
}

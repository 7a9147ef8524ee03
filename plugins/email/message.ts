import { createHash } from 'node:crypto';
import { clean, clip, type Outgoing, type Report, reportText } from 'belfry/notifier';
import type { z } from 'belfry/plugin';
import { framed, type Page, textOf } from './html.ts';

/** As much of the settings as a message shows. */
export type Headed = {
  readonly from: string;
  readonly to: readonly string[];
  readonly subjectTag?: string | undefined;
  readonly thread: 'host' | 'month' | 'none';
};

type Made = Pick<
  Outgoing<z.ZodRawShape, Page>,
  'report' | 'title' | 'text' | 'content' | 'plain' | 'mention' | 'id' | 'now'
> & { readonly config: Headed };

export interface Mail {
  readonly messageId: string;
  readonly date: Date;
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly subject: string;
  readonly priority: 'high' | 'normal';
  readonly headers: Readonly<Record<string, string>>;
  /** RFC 2919: what filters of mail programs sort by. */
  readonly list: { readonly id: { readonly url: string; readonly comment: string } };
  readonly inReplyTo?: string;
  readonly references?: readonly string[];
  readonly text: string;
  readonly html?: string;
}

/** The same for every attempt, so that a mail that arrives twice shows once. */
export function mailOf({ config, report, title, text, content, plain, mention, id, now }: Made): Mail {
  const { from, to, subjectTag } = config;
  const domain = addressIn(from)?.split('@')[1] ?? 'belfry.invalid';
  const root = rootOf(report, config, domain);
  return {
    messageId: `<${id.replace(/[^\w.-]/g, '-')}@${domain}>`,
    date: now,
    from,
    to,
    cc: mention === null ? [] : [mention],
    subject: subjectTag === undefined ? title : `${subjectTag} ${title}`,
    priority: report.severity === 'error' ? 'high' : 'normal',
    list: { id: { url: `${labelOf(report.host)}.belfry.${domain}`, comment: commentOf(report.host) } },
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    ...(root === null ? {} : { inReplyTo: root, references: [root] }),
    ...bodies({ report, title, text, content, plain }),
  };
}

function bodies({
  report,
  title,
  text,
  content,
  plain,
}: Pick<Made, 'report' | 'title' | 'text' | 'content' | 'plain'>) {
  if (plain) return { text };
  if (content === null) return { text: textOf(text), html: framed(report, title, text) };
  return { text: reportText({ ...report, title }), html: content.html };
}

/**
 * A message that was never sent: what all of a thread answer to. What fails has a thread of its own, where it is also
 * said that it runs again, so that no program folds it away below the usual news.
 */
function rootOf({ host, cycle, failed, recovered }: Report, { thread }: Headed, domain: string): string | null {
  if (thread === 'none') return null;
  const worst = failed[0] ?? recovered[0];
  const parts = [
    hashed(host),
    // The end of a failure belongs to its beginning, also in the next month.
    ...(thread === 'month' ? [(worst?.failedSince ?? cycle.finishedAt).slice(0, 7)] : []),
    ...(worst === undefined ? [] : [hashed(worst.name)]),
  ];
  return `<belfry.${parts.join('.')}@${domain}>`;
}

const hashed = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** A host's name as a part of one; hosts may be called anything. */
function labelOf(host: string): string {
  const label = host
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return label === '' || label.length > 60 ? hashed(host) : label;
}

const commentOf = (host: string) => `Container updates on ${clip(clean(host).replace(/["\\<>]/g, ''), 60)}`;

/** `ops@example.org` in it or in `Ops <ops@example.org>`; null where there is none. */
export function addressIn(text: string): string | null {
  const [, named, bare] =
    /^(?:[^<>\r\n]*<([^\s<>@,;]+@[^\s<>@,;]+)>|([^\s<>@,;]+@[^\s<>@,;]+))$/.exec(text.trim()) ?? [];
  return named ?? bare ?? null;
}

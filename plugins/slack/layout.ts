import { clip, footerOf, type Item, type Report, type Size, sectionsOf, symbolOf } from 'belfry/notifier';
import { mrkdwn } from './mrkdwn.ts';

export interface Blocks {
  readonly blocks: readonly Block[];
}
type Block = { readonly type: string } & Readonly<Record<string, unknown>>;

// A line may grow fivefold when it is escaped, and no section may hold more than 3,000 characters.
const section = 2900;
const nameLength = 80;
const versionLength = 60;
const messageLength = 500;

/** Block Kit: what has failed first, each with its log; then a section for each of the other groups. */
export function layout(report: Report, { mention }: { readonly mention: string | null }): Blocks {
  const groups: { readonly failed: Block[]; readonly others: Block[] } = { failed: [], others: [] };
  for (const { list, title, items, more } of sectionsOf(report)) {
    const heading = list === 'failed' ? [] : [mrkdwn.bold(mrkdwn.escape(title))];
    const tail = more === null ? [] : [more];
    if (list === 'failed') groups.failed.push(...items.flatMap(failure), ...texts(tail));
    else groups.others.push(...texts([...heading, ...items.map(itemLine), ...tail]));
  }
  const divider = groups.failed.length > 0 && groups.others.length > 0 ? [{ type: 'divider' }] : [];
  return {
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: clip(`${symbolOf(report)} ${report.title}`, 140), emoji: true },
      },
      small([subtitle(report)]),
      ...(mention === null ? [] : texts([mention])),
      ...groups.failed,
      ...divider,
      ...groups.others,
      small(footerOf(report).map((line) => mrkdwn.escape(clip(line, 300)))),
    ],
  };
}

/** In the reader's own time zone; the text after `|` is for programs that cannot tell it. */
function subtitle({ summary, counts, cycle }: Report): string {
  const seconds = Math.floor(Date.parse(cycle.finishedAt) / 1000);
  const when = `<!date^${seconds}^{date_short_pretty} {time}|${cycle.finishedAt}>`;
  const took = cycle.dryRun ? 'dry run' : (cycle.duration?.replaceAll(' ', '\u00a0') ?? null);
  const parts = [mrkdwn.escape(summary), `${counts.checked}\u00a0checked`, took, when];
  return parts.filter((part) => part !== null).join(' · ');
}

function failure(item: Item): readonly Block[] {
  const { consequence, reason, error, logTail } = item;
  const back = item.rollback === null ? '' : '↩︎ ';
  const lines = [
    itemLine(item),
    ...(reason === null ? [] : [text(reason)]),
    ...(consequence === null ? [] : [item.down ? mrkdwn.bold(text(consequence)) : back + text(consequence)]),
    ...(error?.hint ? [text(error.hint)] : []),
  ];
  return [...texts(lines), ...(logTail.length === 0 ? [] : [preformatted(logTail.join('\n'))])];
}

/** `*traefik*  ``3.4.1`` → ``3.5.0`` · minor · changes` */
function itemLine(item: Item): string {
  const { name, from, to, change, level, downgrade, state, reason, consequence, links } = item;
  const version = (label: string) => mrkdwn.code(clip(label, versionLength));
  const plain = change === null ? '' : version(change);
  const versions =
    from !== null && to !== null && from.label !== to.label ? `${version(from.label)} → ${version(to.label)}` : plain;
  const said = state === 'failed' ? null : (reason ?? consequence);
  const parts = [
    `${mrkdwn.bold(mrkdwn.escape(clip(name, nameLength)))}  ${versions}`.trimEnd(),
    ...(level === null ? [] : [level]),
    ...(downgrade ? ['a downgrade'] : []),
    ...(said === null ? [] : [text(said)]),
    ...(links.changes === null ? [] : [mrkdwn.link(links.changes, 'changes')]),
  ];
  return parts.join(' · ');
}

const text = (raw: string) => mrkdwn.escape(clip(raw, messageLength));

/** Lines in as few sections as hold them. */
function texts(lines: readonly string[]): readonly Block[] {
  const chunks: string[] = [];
  for (const line of lines) {
    const longer = chunks.length === 0 ? line : `${chunks.at(-1)}\n${line}`;
    if (chunks.length > 0 && longer.length <= section) chunks[chunks.length - 1] = longer;
    else chunks.push(line);
  }
  return chunks.map((chunk) => ({ type: 'section', text: { type: 'mrkdwn', text: chunk } }));
}

function small(lines: readonly string[]): Block {
  const shown = lines.join(' · ');
  return {
    type: 'context',
    elements: [{ type: 'mrkdwn', text: shown.length > section ? clip(shown, section) : shown }],
  };
}

/** Literal text: nothing in it is markup, whatever it holds. */
const preformatted = (lines: string): Block => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: lines }] }],
});

/** Slack refuses messages whose blocks hold more than some ten thousand characters in sum; it splits longer texts. */
export function sizeOf(content: Blocks | string): Size {
  if (typeof content === 'string') return { size: Math.ceil((mrkdwn.escape(content).length * 9000) / 3900) };
  return { size: lengths(content.blocks), blocks: content.blocks.length };
}

function lengths(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + lengths(one), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, one]) => sum + (key === 'text' && typeof one === 'string' ? one.length : lengths(one)),
    0,
  );
}

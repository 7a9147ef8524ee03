import { footerOf, type Item, type Markup, markups, type Report, type Section, sectionsOf } from 'belfry/notifier';
import { dark, styles } from './styles.ts';

export interface Page {
  readonly html: string;
}

export const htmlOf: Markup = {
  ...markups.html,
  block: (raw) => `<pre style="${styles.log}">${markups.html.escape(raw)}</pre>`,
};
const shown = htmlOf.escape;

/** One column of 600 pixels: what failed first, each as a card with its log, then a table of each of the other groups. */
export function pageOf(report: Report): Page {
  const groups = sectionsOf(report).map((section) => (section.list === 'failed' ? failures(section) : table(section)));
  return { html: page(report, report.title, [strip(report), ...groups].join('')) };
}

/** What a template of the user's own has made. Unless that begins with a tag of its own, its lines end as lines. */
export function framed(report: Report, title: string, text: string): string {
  const body = /^\s*<(?!(?:b|code|a|pre)\b)/.test(text) ? text : lined(text);
  return page(report, title, cell('pad', styles.text, body));
}

/** The same without tags. */
export function textOf(html: string): string {
  const signs: Readonly<Record<string, string>> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&amp;': '&',
  };
  return html
    .replace(/<a\s[^>]*href="([^"]*)"[^>]*>([^<]*)<\/a>/g, '$2: $1')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:lt|gt|quot|amp|#39);/g, (sign) => signs[sign] ?? sign);
}

/** Preformatted lines end by themselves. */
const lined = (text: string) =>
  text
    .split(/(<pre[\s\S]*?<\/pre>)/)
    .map((part) => (part.startsWith('<pre') ? part : part.replace(/^\n|\n$/g, '').replaceAll('\n', '<br>\n')))
    .join('');

function page(report: Report, title: string, body: string): string {
  const { summary, hostUrl } = report;
  const colour = colourOf(report);
  const foot = footerOf(report).map(shown).join(' · ');
  const link = hostUrl === null ? '' : ` · ${anchor(hostUrl, 'Open the host')}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${shown(title)}</title><style>${dark}</style></head>
<body class="page" style="${styles.page}">
<div style="${styles.preheader}">${shown(summary)}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">
<table role="presentation" class="card" width="600" cellpadding="0" cellspacing="0" border="0" style="${styles.card}">
<tr><td height="4" bgcolor="${colour}" style="height:4px;line-height:4px;font-size:0;background:${colour}">&nbsp;</td></tr>
${cell('pad', styles.head, `<h1 style="${styles.title}">${shown(title)}</h1><div class="dim" style="${styles.dim}">${subtitle(report)}</div>`)}
${body}
${cell('pad dim line', styles.foot, `${foot}${link}`)}
</table></td></tr></table></body></html>
`;
}

function subtitle({ summary, counts, cycle }: Report): string {
  const took = cycle.dryRun ? 'dry run' : (cycle.duration?.replaceAll(' ', '\u00a0') ?? null);
  const when = `${cycle.finishedAt.slice(0, 16).replace('T', '\u00a0')}\u00a0UTC`;
  return [summary, `${counts.checked}\u00a0checked`, ...(took === null ? [] : [took]), when].map(shown).join(' · ');
}

function strip({ counts }: Report): string {
  const numbers = [
    ['failed', counts.failed, 'red'],
    ['updated', counts.recreated, 'green'],
    ['available', counts.available, 'blue'],
    ['up to date', counts.upToDate, 'plain'],
  ] as const;
  const cells = numbers.map(([word, count, colour]) => {
    const tone = count > 0 ? colour : 'plain';
    const number = `<div class="${tone}" style="${styles.number};color:${styles[tone]}">${count}</div>`;
    return `<td width="25%" align="center">${number}<div class="dim" style="${styles.dim}">${word}</div></td>`;
  });
  return cell('pad', styles.strip, inner(`<tr>${cells.join('')}</tr>`));
}

function failures({ items, more }: Section): string {
  return [...items.map((item) => cell('pad', styles.around, failure(item))), ...rest(more)].join('');
}

function failure(item: Item): string {
  const { name, reason, consequence, down, error, logTail, links } = item;
  const paragraph = (text: string | null | undefined, style = styles.text, name = '') =>
    text ? `<div${name === '' ? '' : ` class="${name}"`} style="${style}">${shown(text)}</div>` : '';
  const parts = [
    `<div class="red" style="${styles.failed}">${shown(name)}</div>`,
    `<div style="${styles.text}">${versions(item)}</div>`,
    paragraph(reason),
    paragraph(consequence, down ? styles.strong : styles.text),
    paragraph(error?.hint, styles.hint, 'dim'),
    links.changes === null ? '' : `<div style="${styles.text}">${anchor(links.changes, 'changes')}</div>`,
    logTail.length === 0 ? '' : `<pre class="log" style="${styles.log}">${shown(logTail.join('\n'))}</pre>`,
  ];
  return inner(`<tr><td class="failure" style="${styles.failure}">${parts.join('')}</td></tr>`);
}

function table({ title, items, more }: Section): string {
  const heading = cell('pad', styles.around, `<h2 style="${styles.heading}">${shown(title)}</h2>`);
  const rows = items.map(row).join('');
  const whole = rows === '' ? '' : cell('pad', styles.rows, inner(rows));
  return [heading, whole, ...rest(more)].join('');
}

/** Left what it is, right the versions over what else is to be known. */
function row(item: Item): string {
  const { name, image, reason, consequence, links } = item;
  const notes = [...[reason ?? consequence].flatMap((note) => (note === null ? [] : [shown(note)]))];
  if (links.changes !== null) notes.push(anchor(links.changes, 'changes'));
  const left = `<b>${shown(name)}</b><div class="dim" style="${styles.dim}">${shown(image.display)}</div>`;
  const right = `${versions(item)}<div class="dim" style="${styles.dim}">${notes.join(' · ')}</div>`;
  return `<tr><td class="line cell" style="${styles.left}">${left}</td><td class="line cell" align="right" style="${styles.right}">${right}</td></tr>`;
}

/** A line may end between two versions, not within one that fits. */
function versions({ change, level, downgrade }: Item): string {
  const parts = (change ?? '').split(' → ').map((part) => `<span style="${styles.version}">${shown(part)}</span>`);
  const marks = [...(level === null ? [] : [level]), ...(downgrade ? ['a downgrade'] : [])];
  return [parts.join(' → '), ...marks].join(' · ');
}

function colourOf({ severity, counts }: Report): string {
  if (severity === 'error') return styles.red;
  if (severity === 'warning') return styles.amber;
  return counts.recreated + counts.restarted + counts.recovered > 0 ? styles.green : styles.blue;
}

const rest = (more: string | null) => (more === null ? [] : [cell('pad dim', styles.more, shown(more))]);
const cell = (names: string, style: string, body: string) =>
  `<tr><td class="${names}" style="${style}">${body}</td></tr>\n`;
const inner = (rows: string) =>
  `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">${rows}</table>`;
const anchor = (url: string, text: string) => `<a class="link" href="${shown(url)}" style="${styles.link}">${text}</a>`;

/** How a service marks text up. What it is given as `raw` may hold anything at all; the rest is marked up already. */
export interface Markup {
  /** Makes any text show as it is written. */
  readonly escape: (raw: string) => string;
  readonly bold: (text: string) => string;
  readonly code: (raw: string) => string;
  /** `url` begins with http:// or https://, and holds no quotes, spaces or brackets. */
  readonly link: (url: string, text: string) => string;
  /** Lines of a log, as they are. */
  readonly block: (raw: string) => string;
}

/** Text without any formatting. */
const plain: Markup = {
  escape: (raw) => raw,
  bold: (text) => text,
  code: (raw) => raw,
  link: (url, text) => `${text}: ${url}`,
  block: (raw) => raw.replace(/^/gm, '| '),
};

/** The HTML that messengers take: bold, code, links and preformatted text. Lines end as lines. */
const html: Markup = {
  escape: escapeHtml,
  bold: (text) => `<b>${text}</b>`,
  code: (raw) => `<code>${escapeHtml(raw)}</code>`,
  link: (url, text) => `<a href="${escapeHtml(url)}">${text}</a>`,
  block: (raw) => `<pre>${escapeHtml(raw)}</pre>`,
};

function escapeHtml(raw: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return raw.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** Markdown of the usual kind; what would begin a list, a heading or a mention is escaped as well. */
const markdown: Markup = {
  escape: (raw) =>
    raw
      .replace(/[\\`*_~[\]()<>#|!]/g, (sign) => `\\${sign}`)
      .replace(/@/g, '@\u200b')
      .replace(/^(\s*)([-+=])/gm, '$1\\$2')
      .replace(/^(\s*\d+)([.)])/gm, '$1\\$2'),
  bold: (text) => `**${text}**`,
  code: (raw) => fenced(raw.replace(/\s+/g, ' ')),
  link: (url, text) => `[${text}](${url})`,
  block: (raw) => {
    const fence = longestRun(raw, '`', 2);
    return `${fence}\n${raw}\n${fence}`;
  },
};

/** Back-ticks within are outnumbered by those around. */
function fenced(raw: string): string {
  const fence = longestRun(raw, '`', 0);
  const pad = raw.startsWith('`') || raw.endsWith('`') ? ' ' : '';
  return raw === '' ? '' : `${fence}${pad}${raw}${pad}${fence}`;
}

function longestRun(text: string, sign: string, least: number): string {
  const runs = text.match(new RegExp(`${sign}+`, 'g')) ?? [];
  return sign.repeat(Math.max(least, ...runs.map((run) => run.length)) + 1);
}

export const markups = { plain, html, markdown };

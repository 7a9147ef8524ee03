import type { Markup } from 'belfry/notifier';

/** Nothing escapes these signs in Slack, so others that look like them stand in their place. */
const alike: Readonly<Record<string, string>> = { '*': '∗', '`': 'ˋ', '~': '∼' };

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escaped = (raw: string) => raw.replace(/[&<>]/g, (sign) => entities[sign] ?? sign);

/** Slack's own markup. Whatever comes from elsewhere can call nobody: `<!channel>` is text after this. */
export const mrkdwn: Markup = {
  escape: (raw) =>
    escaped(raw)
      .replace(/[*`~]/g, (sign) => alike[sign] ?? sign)
      // An underscore within a word is one.
      .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, 'ˍ'),
  bold: (text) => (text.trim() === '' ? text : `*${text}*`),
  code: (raw) => (raw.trim() === '' ? '' : `\`${escaped(raw.replace(/\s+/g, ' ')).replaceAll('`', 'ˋ')}\``),
  link: (url, text) => `<${escaped(url)}|${text.replace(/[|\n]/g, ' ')}>`,
  block: (raw) => `\`\`\`${escaped(raw).replaceAll('`', 'ˋ')}\`\`\``,
};

import { anchor, literal } from './html.ts';

/** Slack's own markup as HTML. Only what stands between `<` and `>` is a link, a date or a call. */
export function mrkdwn(text: string): string {
  let html = '';
  let last = 0;
  for (const match of text.matchAll(tokens)) {
    const [whole, fence, code, command, bold] = match;
    html += lines(text.slice(last, match.index));
    last = match.index + whole.length;
    if (fence !== undefined) html += `<pre>${literal(decoded(fence))}</pre>`;
    else if (code !== undefined) html += `<code>${literal(decoded(code))}</code>`;
    else if (bold !== undefined) html += `<b>${mrkdwn(bold)}</b>`;
    else html += commanded(command ?? '');
  }
  return html + lines(text.slice(last));
}

const tokens = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>]+)>|(?<![\p{L}\p{N}*])\*([^*\n]+)\*(?![\p{L}\p{N}*])/gu;

function commanded(command: string): string {
  const [target = '', label] = command.split('|');
  const date = /^!date\^(\d{1,12})\^/.exec(target);
  if (date !== null) return literal(timeOf(Number(date[1]), label));
  if (/^[!@#]/.test(target)) {
    const name = label ?? target.replace(/^!(?:subteam\^)?|^[@#]/, '');
    return `<span class="call">@${literal(decoded(name))}</span>`;
  }
  return anchor(decoded(target), literal(decoded(label ?? target)));
}

/** Slack shows the reader's own time; a page that anyone may open shows UTC. */
function timeOf(seconds: number, fallback = ''): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? fallback : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

const lines = (text: string) => literal(decoded(text)).replaceAll('\n', '<br>');

const decoded = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

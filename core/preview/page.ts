import { literal } from './html.ts';
import { discord } from './looks/discord.ts';
import { type Look, type Sent, themes } from './looks/look.ts';
import { mail } from './looks/mail.ts';
import { push } from './looks/push.ts';
import { raw } from './looks/raw.ts';
import { slack } from './looks/slack.ts';
import { teams } from './looks/teams.ts';
import { telegram } from './looks/telegram.ts';
import type { Shown } from './previews.ts';
import { isObject, readJson } from './shape.ts';
import { styles } from './styles.ts';

/** The first that fits shows it. */
const looks: readonly Look[] = [slack, teams, discord, telegram, push, mail, raw];

/** One page by itself, without scripts and without anything to be fetched: each notifier in light and in dark. */
export function page(shown: readonly Shown[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark"><title>What Belfry would send</title><style>${styles}</style></head>
<body><h1>What Belfry would send</h1>
<p class="about">Nothing was sent. Each service shows it in its own way; these pictures come close, and each is in light and in dark.</p>
${shown.map(section).join('\n')}
</body></html>
`;
}

function section({ instance, use, text, sends, problem }: Shown): string {
  const plugin = instance === use ? '' : ` <small>${literal(use)}</small>`;
  const note = problem === null ? (sends.length === 0 ? silent : '') : problem.message;
  const said = note === '' ? '' : `<p class="about">${literal(note)}</p>`;
  // Where nothing is known of what is sent, the text at least is.
  const all = sends.length === 0 ? [text] : sends;
  return `<section id="${literal(instance)}"><h2>${literal(instance)}${plugin}</h2>${said}${all.map(pair).join('')}</section>`;
}

const silent = 'This plugin does not say what it sends; this is the report in plain text.';

function pair(whole: unknown): string {
  const sent: Sent = { whole, body: (isObject(whole) && 'method' in whole && readJson(whole.body)) || whole };
  const look = looks.find(({ fits }) => fits(sent)) ?? raw;
  const panes = themes.map((theme) => `<div class="pane ${theme} ${look.name}">${look.html(sent, theme)}</div>`);
  return `<div class="pair">${panes.join('')}</div>`;
}

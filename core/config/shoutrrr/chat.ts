import { fault, isOn, no } from './address.ts';
import { colours, given, type Made, one, ownTitle, type Service } from './service.ts';

const appearance = { why: 'name and picture are those of the app that the webhook belongs to.' };
const lines = { why: 'a message is one, whatever its lines.' };

export const slack: Service = {
  ignored: {
    botname: appearance,
    username: appearance,
    icon: appearance,
    icon_emoji: appearance,
    icon_url: appearance,
    color: colours,
    title: ownTitle,
    thread_ts: { why: 'an incoming webhook posts to the channel, not into a thread.' },
  },
  translate({ user, password, hostname, path }) {
    // slack://[NAME@]A/B/C is the older form of slack://hook:A-B-C@webhook.
    const isOlder = path.length > 0;
    const token = isOlder ? [hostname, ...path].join('/') : [user, password].filter(Boolean).join(':');
    const [, kind = 'hook', ...parts] = /^(?:(xox\w|hook)[-:]|:)?(\w+)[-/,](\w+)[-/,](\w+)$/.exec(token) ?? [];
    if (kind !== 'hook') {
      throw fault(
        'it holds the token of a bot, and Belfry posts to Slack through incoming webhooks',
        'Make an incoming webhook for the channel (plugins/slack/README.md tells how), and give slack://hook:A-B-C@webhook.',
      );
    }
    if (parts.length !== 3)
      throw fault('it lacks the three parts of an incoming webhook', 'Write slack://hook:A-B-C@webhook.');
    const notes = isOlder && user !== '' ? [`the name before the @ is ignored: ${appearance.why}`] : [];
    return one('slack', { url: `https://hooks.slack.com/services/${parts.join('/')}` }, notes);
  },
};

export const discord: Service = {
  reads: ['username', 'thread_id'],
  ignored: {
    avatar: { why: 'the picture is that of the webhook.' },
    avatarurl: { why: 'the picture is that of the webhook.' },
    ...Object.fromEntries(['color', 'colorerror', 'colorwarn', 'colorinfo', 'colordebug'].map((key) => [key, colours])),
    title: ownTitle,
    splitlines: lines,
    json: { why: 'the message is Belfry’s own.', idle: no },
  },
  translate({ user: token, hostname: id, path, query }) {
    if (!/^\d+$/.test(id) || token === '')
      throw fault('it lacks the token or the number of a webhook', 'Write discord://TOKEN@NUMBER.');
    const notes =
      path.length > 0 ? [`/${path.length === 1 ? 'raw' : '…'} is ignored: the message is Belfry’s own.`] : [];
    const thread = query.get('thread_id')?.trim();
    const username = query.get('username');
    const url = `https://discord.com/api/webhooks/${id}/${encodeURIComponent(token)}`;
    return one('discord', { url, ...given({ username, thread }) }, notes);
  },
};

const retired =
  'Microsoft has retired the connectors that such an address leads to; make a workflow in Teams instead ("Send webhook alerts to a channel") and give its address with teams+ before it: teams+https://…';

export const teams: Service = {
  reads: ['host'],
  ignored: { color: colours, title: ownTitle },
  translate({ query }) {
    const host = query.get('host') ?? '';
    if (query.has('sig')) {
      throw fault(
        'the address in `host` is not percent-encoded',
        'Write teams+https://… instead: it is taken as it is.',
      );
    }
    if (!/^https?:\/\//.test(host)) throw fault('no message can arrive there', retired);
    return workflow(host);
  },
};

/** `teams+https://…`: what follows the plus is the address itself. */
export const teamsAddress: Service = {
  forwards: true,
  translate: ({ text }) => workflow(text.slice('teams+'.length)),
};

/** The notifier for the address of a workflow. */
export function workflow(url: string): Made {
  if (!URL.canParse(url)) throw fault('this is no address of a workflow');
  const { hostname } = new URL(url);
  if (/(?:^|\.)webhook\.office\.com$|^outlook\.office(?:365)?\.com$/.test(hostname)) {
    throw fault('no message can arrive there', retired);
  }
  return one('teams', { url });
}

export const telegram: Service = {
  reads: ['chats', 'channels', 'notification'],
  ignored: {
    preview: { why: 'links show no preview.', idle: no },
    parsemode: { why: 'messages are marked up without it.', idle: /^(?:none|)$/i },
    title: ownTitle,
  },
  translate(address) {
    const { user, password, query } = address;
    const chats = (query.get('chats') ?? query.get('channels') ?? '').split(',').flatMap((chat) => chat.trim() || []);
    if (user === '' || password === '')
      throw fault('it lacks the token of a bot', 'Write telegram://TOKEN@telegram?chats=CHAT.');
    if (chats.length === 0) throw fault('it names no chat', 'Write telegram://TOKEN@telegram?chats=CHAT.');
    // Here a sound can be left out only where a message asks for nothing.
    const silent = !isOn(address, 'notification', true);
    const uses = chats.map((text) => {
      const [, chat = text, thread] = /^(-?\d+|@\w+)(?::(\d+))?$/.exec(text) ?? [];
      const config = { token: `${user}:${password}`, chat, silent, ...given({ thread: thread && Number(thread) }) };
      return { use: 'telegram', config };
    });
    return { uses, notes: silent ? ['notification=no: a failure makes a sound all the same.'] : [] };
  },
};

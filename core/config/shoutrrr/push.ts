import { fault, isOn, yes } from './address.ts';
import { clearText, given, one, ownTitle, priorities, type Service, unverified } from './service.ts';

const plain = { why: 'a message is the report and nothing else.' };

export const ntfy: Service = {
  reads: ['scheme', 'token', 'click', 'disabletls'],
  ignored: {
    title: ownTitle,
    priority: priorities,
    tags: plain,
    actions: plain,
    attach: plain,
    filename: plain,
    icon: plain,
    email: plain,
    template: plain,
    message: plain,
    delay: { why: 'messages are sent as soon as they are made; `quiet` holds them.' },
    at: { why: 'messages are sent as soon as they are made; `quiet` holds them.' },
    in: { why: 'messages are sent as soon as they are made; `quiet` holds them.' },
    markdown: { why: 'messages are marked up by it anyway.', idle: yes },
    cache: { why: 'the server keeps messages for those who are away.', idle: yes },
    firebase: { why: 'the server passes messages on to Firebase.', idle: yes },
    disabletlsverification: unverified,
  },
  translate(address) {
    const { user, password, path, query } = address;
    const [topic = ''] = path;
    if (path.length !== 1) throw fault('it does not name one topic', 'Write ntfy://HOST/TOPIC.');
    const open = isOn(address, 'disabletls') || query.get('scheme')?.toLowerCase() === 'http';
    const url = `${open ? 'http' : 'https'}://${address.host || 'ntfy.sh'}`;
    // ntfy takes an access token in place of the password too.
    const isToken = user === '' || /^tk_/.test(password);
    const token = query.get('token') || (isToken ? password : undefined);
    const signedIn = token === undefined || token === '' ? { user, password } : { token };
    const click = query.get('click');
    const hostUrl = click !== undefined && /^https?:/.test(click) && URL.canParse(click) ? click : undefined;
    return one('ntfy', given({ url, topic, ...signedIn, hostUrl }), clearText(url));
  },
};

export const gotify: Service = {
  reads: ['token', 'disabletls'],
  ignored: {
    title: ownTitle,
    priority: priorities,
    date: { why: 'the server dates messages when they arrive.' },
    extras: plain,
    useheader: { why: 'the token always stands in a header.', idle: yes },
    insecureskipverify: unverified,
  },
  translate(address) {
    const { host, path, query } = address;
    const asked = query.get('token');
    const token = asked ?? path.at(-1) ?? '';
    if (host === '' || token === '')
      throw fault('it lacks the server or the token of an application', 'Write gotify://HOST/TOKEN.');
    // Either HOST/FOLDER/TOKEN or HOST/FOLDER/message?token=TOKEN.
    const folder = asked === undefined || path.at(-1) === 'message' ? path.slice(0, -1) : path;
    const url = [`${isOn(address, 'disabletls') ? 'http' : 'https'}://${host}`, ...folder.map(encodeURIComponent)].join(
      '/',
    );
    return one('gotify', { url, token }, clearText(url));
  },
};

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTestHost } from 'belfry/testing';
import { createRedact } from '../../../core/config/redact.ts';
import { services, translate } from '../../../core/config/shoutrrr/translate.ts';
import { loadPlugin } from '../../../core/loader.ts';

const hook = 'T00000000-B00000000-CANARYcanaryCANARYcanary0';
const slackUrl = `https://hooks.slack.com/services/${hook.replaceAll('-', '/')}`;
const teamsUrl = 'https://prod-7.westeurope.logic.azure.com/workflows/canary?sig=CANARYsig';
const bot = '123456789:AAFcanaryCanaryCANARYcanary0123456';
const from = 'belfry@example.org';
const to = ['ops@example.org'];
const mail = { host: 'mail.example.org', port: 25, from, to };
const mailTo = '?from=belfry@example.org&to=ops@example.org';

/** Addresses and the instances they stand for. */
const good: readonly (readonly [address: string, use: string, ...configs: readonly object[]])[] = [
  [`slack://hook:${hook}@webhook`, 'slack', { url: slackUrl }],
  [`slack://${hook.replaceAll('-', '/')}`, 'slack', { url: slackUrl }],
  [`teams+${teamsUrl}`, 'teams', { url: teamsUrl }],
  [`teams://?host=${encodeURIComponent(teamsUrl)}`, 'teams', { url: teamsUrl }],
  [
    'discord://CANARY-token_0@693853386302554172',
    'discord',
    { url: 'https://discord.com/api/webhooks/693853386302554172/CANARY-token_0' },
  ],
  [
    'discord://CANARY-token_0@693853386302554172?Thread_ID=123&username=Bell+fry',
    'discord',
    { url: 'https://discord.com/api/webhooks/693853386302554172/CANARY-token_0', username: 'Bell fry', thread: '123' },
  ],
  [
    `telegram://${bot}@telegram?chats=@ops,-100123:7`,
    'telegram',
    { token: bot, chat: '@ops', silent: false },
    { token: bot, chat: '-100123', silent: false, thread: 7 },
  ],
  ['ntfy://ntfy.sh/belfry-canary', 'ntfy', { url: 'https://ntfy.sh', topic: 'belfry-canary' }],
  ['ntfy:///belfry-canary', 'ntfy', { url: 'https://ntfy.sh', topic: 'belfry-canary' }],
  [
    'ntfy://me:p%40ss%3Aword@ntfy.lan:8080/updates?scheme=http&click=https://nas.lan/',
    'ntfy',
    { url: 'http://ntfy.lan:8080', topic: 'updates', user: 'me', password: 'p@ss:word', hostUrl: 'https://nas.lan/' },
  ],
  [
    'ntfy://:tk_canarycanary@ntfy.sh/updates',
    'ntfy',
    { url: 'https://ntfy.sh', topic: 'updates', token: 'tk_canarycanary' },
  ],
  [
    'ntfy://ntfy.sh/updates?token=tk_canarycanary',
    'ntfy',
    { url: 'https://ntfy.sh', topic: 'updates', token: 'tk_canarycanary' },
  ],
  [
    'gotify://push.example.org/Acanary.Token-1',
    'gotify',
    { url: 'https://push.example.org', token: 'Acanary.Token-1' },
  ],
  [
    'gotify://push.lan:8080/some/where/Acanary.Token-1/?disabletls=Yes',
    'gotify',
    { url: 'http://push.lan:8080/some/where', token: 'Acanary.Token-1' },
  ],
  [
    'gotify://push.example.org/a/message?token=Acanary.Token-1',
    'gotify',
    { url: 'https://push.example.org/a', token: 'Acanary.Token-1' },
  ],
  [`smtp://mail.example.org/${mailTo}`, 'email', { ...mail, security: 'opportunistic' }],
  [`smtp://mail.example.org/${mailTo}&requirestarttls=yes`, 'email', { ...mail, security: 'starttls' }],
  [`smtp://mail.example.org/${mailTo}&starttls=no&encryption=None`, 'email', { ...mail, security: 'none' }],
  [`smtp://mail.example.org:465/${mailTo}`, 'email', { ...mail, port: 465, security: 'tls' }],
  [
    `smtp://me:canary%2Fword@mail.example.org:587/?fromAddress=${from}&fromName=The+Belfry&toAddresses=ops+nas@example.org,b@example.org`,
    'email',
    {
      ...{ ...mail, port: 587, security: 'starttls', user: 'me', password: 'canary/word' },
      from: 'The Belfry <belfry@example.org>',
      to: ['ops+nas@example.org', 'b@example.org'],
    },
  ],
  [
    `smtp://me:canaryword@mail.example.org:587/${mailTo}&auth=None&encryption=ImplicitTLS`,
    'email',
    { ...mail, port: 587, security: 'tls' },
  ],
  [
    'generic+https://example.org/hook/canary-canary',
    'webhook',
    { url: 'https://example.org/hook/canary-canary', mode: 'text' },
  ],
  [
    'generic+https://me:canary%2Fword@example.org/hook',
    'webhook',
    {
      ...{ url: 'https://example.org/hook', mode: 'text' },
      headers: { authorization: `Basic ${Buffer.from('me:canary/word').toString('base64')}` },
    },
  ],
  [
    'generic+http://10.0.0.7:8080/hook?sig=canary%2Fcanary',
    'webhook',
    { url: 'http://10.0.0.7:8080/hook?sig=canary%2Fcanary', mode: 'text', allowInsecure: true },
  ],
  [
    'generic://example.org/hook?template=json&titleKey=head&messagekey=body&@Authorization=Bearer%20canary-0&@acceptLanguage=de&$source=nas&key=v&_method=x&method=put&contenttype=application/x',
    'webhook',
    {
      ...{ url: 'https://example.org/hook?key=v&method=x', mode: 'message', method: 'PUT' },
      keys: { title: 'head', message: 'body' },
      fields: { source: 'nas' },
      headers: { authorization: 'Bearer canary-0', 'accept-language': 'de', 'content-type': 'application/x' },
    },
  ],
  [
    'generic://example.org/hook?_title=canary',
    'webhook',
    { url: 'https://example.org/hook?title=canary', mode: 'text' },
  ],
  [
    'generic+https://example.org/hook?_title=x&@Accept=text/plain',
    'webhook',
    { url: 'https://example.org/hook?_title=x', mode: 'text', headers: { accept: 'text/plain' } },
  ],
  [
    `smtp://mail.example.org/?from=Watch%20Tower%20<${from}>&to=ops nas@example.org,Ops <o p@example.org>`,
    'email',
    {
      ...{ ...mail, security: 'opportunistic', from: 'Watch Tower <belfry@example.org>' },
      to: ['ops+nas@example.org', 'Ops <o+p@example.org>'],
    },
  ],
  [
    'generic://10.0.0.7/hook?disabletls=yes',
    'webhook',
    { url: 'http://10.0.0.7/hook', mode: 'text', allowInsecure: true },
  ],
];

describe('an address as shoutrrr writes it', () => {
  for (const [address, use, ...configs] of good) {
    test(`is an instance that its plugin takes: ${address}`, async () => {
      const { uses, problems, notes } = translate(address);
      assert.deepEqual(problems, []);
      assert.deepEqual(notes, []);
      assert.deepEqual(
        uses,
        configs.map((config) => ({ use, config })),
      );
      for (const { config } of uses) await createTestHost(await loadPlugin(use, '/nowhere'), { config });
    });
  }

  test('is there for every service that there is a notifier for', () => {
    const tried = new Set(good.map(([address]) => address.replace(/:.*/s, '')));
    assert.deepEqual(
      Object.keys(services).filter((scheme) => !tried.has(scheme)),
      ['logger'],
    );
  });

  for (const [address, code, message, hint] of [
    [
      'slack://xoxb:1-2-canarycanary@C001',
      'INVALID',
      /^slack:\/\/•••: it holds the token of a bot/,
      /incoming webhook/,
    ],
    ['slack://hook:canarycanary@webhook', 'INVALID', /lacks the three parts/, /slack:\/\/hook:A-B-C/],
    [
      'teams://11111111-4444-4444-8444-cccccccccccc@22222222-4444/33/44/canarycanary?host=acme.webhook.office.com',
      'INVALID',
      /no message can arrive/,
      /retired the connectors.*teams\+https/,
    ],
    [
      'teams+https://acme.webhook.office.com/webhookb2/canarycanary',
      'INVALID',
      /^teams\+https:\/\/•••: no message/,
      /retired the connectors/,
    ],
    ['discord://canarycanary@nobody', 'INVALID', /lacks the token or the number/, /discord:\/\/TOKEN@NUMBER/],
    [`telegram://${bot}@telegram`, 'INVALID', /names no chat/, /chats=CHAT/],
    ['ntfy://ntfy.sh', 'INVALID', /does not name one topic/, /HOST\/TOPIC/],
    ['gotify://canarycanary0.example', 'INVALID', /lacks the server or the token/, /HOST\/TOKEN/],
    ['smtp://me:canarycanary@mail.example.org', 'INVALID', /whom mails are from and to/, /from=ADDRESS/],
    [`smtp://me:canarycanary@mail.example.org/${mailTo}&auth=OAuth2`, 'INVALID', /access token/, /password/],
    [`smtp://mail.example.org/${mailTo}&starttls=perhaps`, 'INVALID', /`starttls` is neither yes nor no/, /docs/],
    ['generic:///hook/canarycanary', 'INVALID', /it names no host/, /HOST\/PATH/],
    ['generic://10.0.0.300/canarycanary', 'INVALID', /this is no address/, /docs/],
    ['ntfy://10.0.0.300/canarycanary', 'INVALID', /this is no address/, /docs/],
    ['gotify://10.0.0.300/canarycanary', 'INVALID', /this is no address/, /docs/],
    ['generic://example.org/canarycanary?method=GET', 'INVALID', /neither POST nor PUT/, /docs/],
    ['smtp://me:canary#canary/x@mail.example.org/', 'INVALID', /smtp:\/\/•••: this is no address.*%40/, /docs/],
    ['smtp://me:canarycanary%zz@mail.example.org/', 'INVALID', /%25/, /docs/],
    ['/run/canarycanary', 'INVALID', /^•••: this is neither an address.*nor a file/, /docs/],
    ['file:///run/canarycanary', 'UNKNOWN', /^file:\/\/•••: Belfry has no notifier/, /without file:/],
    [
      'teams://?host=https://x.logic.azure.com/workflows/1?a=1&sig=canarycanary',
      'INVALID',
      /not percent-encoded/,
      /teams\+https/,
    ],
    [
      'pushover://shoutrrr:canarycanary@user',
      'UNKNOWN',
      /^pushover:\/\/•••: Belfry has no notifier/,
      /webhook or script/,
    ],
    ['slak://hook:canarycanary@webhook', 'UNKNOWN', /Did you mean slack:\/\/\?/, /webhook or script/],
  ] as const) {
    test(`is refused with what to do, and is not shown: ${address}`, () => {
      const { uses, problems, notes, secrets } = translate(address);
      const [problem] = problems;
      assert.deepEqual([uses, notes, problems.length], [[], [], 1]);
      assert.equal(problem?.code, code === 'INVALID' ? 'NOTIFICATION_URL_INVALID' : 'NOTIFICATION_SERVICE_UNKNOWN');
      assert.match(problem?.message ?? '', message);
      assert.match(problem?.hint ?? '', hint);
      assert.doesNotMatch(`${problem?.message} ${problem?.hint}`, /canary/i);
      assert.doesNotMatch(createRedact(secrets)(`failed: ${address}`), /canarycanary/i);
    });
  }

  for (const [address, ...notes] of [
    [
      `slack://hook:${hook}@webhook?color=good&title=T&icon=x&botname=y&tilte=z`,
      'color is ignored: colours say how urgent a message is.',
      'title is ignored: the first line says what happened, and notificationTitleTag what stands before it.',
      'icon, botname are ignored: name and picture are those of the app that the webhook belongs to.',
      'tilte (meant was perhaps title) is ignored: there is no such key.',
    ],
    [
      `slack://me@${hook.replaceAll('-', '/')}`,
      'the name before the @ is ignored: name and picture are those of the app that the webhook belongs to.',
    ],
    [
      'discord://t@1/raw?splitlines=no',
      'splitlines is ignored: a message is one, whatever its lines.',
      '/raw is ignored: the message is Belfry’s own.',
    ],
    [
      `telegram://${bot}@telegram?chats=@a&notification=no&preview=yes&parsemode=html`,
      'preview is ignored: links show no preview.',
      'parsemode is ignored: messages are marked up without it.',
      'notification=no: a failure makes a sound all the same.',
    ],
    [
      'ntfy://ntfy.example.org/t?disabletls=yes&priority=5&cache=yes&disabletlsverification=no',
      'priority is ignored: the priority follows from what happened.',
      'everything is sent in clear text, as this address asks for.',
    ],
    [
      'gotify://push.lan/Atoken?insecureskipverify=yes',
      'insecureskipverify is ignored: certificates are always verified; NODE_EXTRA_CA_CERTS names a file with an authority of your own.',
    ],
    [
      `smtp://mail.lan/${mailTo}&skiptlsverify=yes&usehtml=yes&skiptlsverif=1`,
      'skiptlsverify is ignored: certificates are always verified; NODE_EXTRA_CA_CERTS names a file with an authority of your own.',
      'skiptlsverif (meant was perhaps skiptlsverify) is ignored: there is no such key.',
    ],
    ['generic+http://example.org/x', 'everything is sent in clear text, as this address asks for.'],
    [
      'generic://example.org/x?title=T&$a=b',
      'title is ignored: the first line says what happened, and notificationTitleTag what stands before it.',
      'keys with a $ are ignored: they belong to template=json.',
    ],
    ['generic://example.org/x?contenttype=text/x', 'contenttype is ignored: it belongs to template=json.'],
    ['logger://', 'logger:// is ignored: the log has every event already.'],
  ] as const) {
    test(`says once what it asks for in vain: ${address}`, () => {
      const { notes: said, problems } = translate(address);
      assert.deepEqual(problems, []);
      assert.deepEqual(
        said.map((note) => note.replace(/^[a-z+]+:\/\/•••: /, '')),
        notes,
      );
    });
  }
});

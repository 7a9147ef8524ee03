import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { programs } from '../kit/images.ts';
import { openScene } from './scene.ts';

interface Cycle {
  readonly what: string;
  readonly name: string;
  readonly newer: () => Promise<unknown>;
  readonly args?: readonly string[];
  /** With what every message begins. */
  readonly line: RegExp;
}

test('slack, teams, email and webhook say in their first line, at once, whether someone must act', async (t) => {
  const scene = await openScene(t);
  const chat = await listenChat(t);
  const mail = await listenMail(t);
  const config = join(scene.stateFolder, 'belfry.json');
  const addresses = { from: 'belfry@example.org', to: ['ops@example.org'] };
  const plugins = [
    ...['slack', 'teams', 'webhook'].map((use) => ({ use, config: { url: `${chat.url}/${use}` } })),
    { use: 'email', config: { host: '127.0.0.1', port: mail.port, security: 'none', ...addresses } },
  ];
  await writeFile(config, JSON.stringify({ plugins }));
  const [web, database, queue] = [
    await scene.deploy('web'),
    await scene.deploy('database'),
    await scene.deploy('queue'),
  ];

  const cycles: readonly Cycle[] = [
    {
      what: 'an update',
      name: web,
      newer: () => scene.release('web', '2'),
      line: /^1 updated on \S+, nothing to do$/,
    },
    {
      what: 'a failure that was rolled back',
      name: database,
      newer: () => scene.release('database', '2', programs.exits()),
      line: /^1 update failed on \S+: have a look$/,
    },
    {
      what: 'something found',
      name: queue,
      newer: () => scene.release('queue', '2'),
      args: ['--monitor-only'],
      line: /^1 update available on \S+, when it suits you$/,
    },
  ];
  for (const { what, name, newer, args = [], line } of cycles) {
    await newer();
    const run = await scene.belfry('update', ...args, '--config', config);
    assert.doesNotMatch(run.stderr, /could not be delivered/);
    assert.notEqual(run.item(name).state, 'skipped', run.stderr);
    const messages = { ...chat.taken(), email: mail.taken() };
    assert.deepEqual(Object.keys(messages).sort(), ['email', 'slack', 'teams', 'webhook'], what);
    const { slack, teams, webhook, email } = messages as unknown as Messages;
    const lines = {
      slack: [slack.text, slack.blocks[0]?.text?.text],
      teams: [teams.attachments[0]?.content.fallbackText, teams.attachments[0]?.content.body[0]?.items?.[0]?.text],
      webhook: [webhook.data.title],
      email: [email.subject, email.text?.split('\n')[0]],
    };
    for (const [channel, said] of Object.entries(lines)) {
      for (const one of said) assert.match(one?.replace(mark, '') ?? '', line, `${what} by ${channel}`);
      assert.ok(JSON.stringify(messages[channel as keyof typeof messages]).includes(name), `${channel} names ${name}`);
    }
  }
});

/** What may stand before the line: a sign of how bad it is, in a colour or in capitals. */
const mark = /^(?:\p{Emoji_Presentation}\uFE0F? |[A-Z]+ {2})/u;

interface Messages {
  readonly slack: { readonly text: string; readonly blocks: readonly { readonly text?: { readonly text: string } }[] };
  readonly teams: {
    readonly attachments: readonly {
      readonly content: {
        readonly fallbackText: string;
        readonly body: readonly { readonly items?: readonly { readonly text?: string }[] }[];
      };
    }[];
  };
  readonly webhook: { readonly data: { readonly title: string } };
  readonly email: ParsedMail;
}

/** Keeps what is posted, by the last word of its path; each one once. */
async function listenChat(t: TestContext) {
  let got: Record<string, unknown> = {};
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const channel = request.url?.slice(1) ?? '';
    assert.equal(got[channel], undefined, `${channel} came twice`);
    got[channel] = JSON.parse(body);
    if (channel === 'teams') response.writeHead(202).end();
    else response.end('ok');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  const taken = () => {
    const all = got;
    got = {};
    return all;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, taken };
}

async function listenMail(t: TestContext) {
  let got: ParsedMail[] = [];
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS'], disableReverseLookup: true, closeTimeout: 100 },
    onData: (stream, _session, callback) =>
      void simpleParser(stream).then((mail) => {
        got.push(mail);
        callback();
      }, callback),
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  const taken = () => {
    const [mail, ...others] = got;
    assert.equal(others.length, 0, 'a mail came twice');
    got = [];
    return mail;
  };
  return { port: (server.server.address() as AddressInfo).port, taken };
}

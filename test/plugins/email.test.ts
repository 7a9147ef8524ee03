import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, describe, test } from 'node:test';
import { runReport } from 'belfry/notifier';
import type { DeliveryContext } from 'belfry/plugin';
import { createTestHost, reportFixtures, sampleFinished, sampleLine, testNotifier, testPlugin } from 'belfry/testing';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import email from '../../plugins/email/index.ts';

const addresses = { from: 'Belfry <belfry@example.org>', to: ['Ops <ops@example.org>'] };

const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
const pem = execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', '-', '-out', '-'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
});

interface Got extends ParsedMail {
  readonly secure: boolean;
  readonly recipients: readonly string[];
}

/** A mail server that keeps what it gets. */
async function serve(options: SMTPServerOptions = {}) {
  const got: Got[] = [];
  const sockets: Socket[] = [];
  const server = new SMTPServer({
    ...{ key: pem, cert: pem, authOptional: true, disableReverseLookup: true, closeTimeout: 100 },
    async onData(stream, session, callback) {
      const mail = await simpleParser(stream);
      const recipients = session.envelope.rcptTo.map(({ address }) => address);
      got.push(Object.assign(mail, { secure: session.secure, recipients }));
      callback();
    },
    ...options,
  });
  server.on('error', () => {});
  server.server.on('connection', (socket: Socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  after(() => server.close());
  const { port } = server.server.address() as AddressInfo;
  return { got, sockets, at: { host: '127.0.0.1', port, ...addresses } };
}

const open = { security: 'none' };

async function deliver(config: object, name = 'something of everything', context: Partial<DeliveryContext> = {}) {
  const host = await createTestHost(email, { config });
  const report = reportFixtures.find((one) => one.name === name)?.report ?? assert.fail(name);
  const answer = await host.deliver({ kind: report.kind, report, event: null }, { id: 'msg_1', ...context });
  return { ...answer, why: 'why' in answer ? answer.why : '', logged: host.logged };
}

const refuse = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode });

describe('email', () => {
  const least = { host: 'smtp.example.org', ...addresses };
  const signedIn = { user: 'belfry', password: 's3cr3t' };

  test('is a whole plugin', () =>
    testPlugin(email, {
      valid: [
        least,
        { ...least, ...signedIn, security: 'tls', port: 465 },
        { ...least, ...open },
        { ...least, ...open, ...signedIn, host: 'localhost' },
      ],
      invalid: [
        {},
        { ...least, ...signedIn, security: 'opportunistic' },
        { ...least, to: [] },
        { ...least, to: ['nobody'] },
        { ...least, from: 'a@example.org\r\nBcc: b@example.org' },
        { ...least, user: 'belfry' },
        { ...least, ...signedIn, ...open },
        { ...least, mention: { who: '@here' } },
      ],
    }));

  test('sends every report there can be, as text and as a page that no mail program cuts', async () => {
    const { got, at } = await serve();
    const received = () =>
      got.splice(0).map((mail) => {
        const { subject = '', text = '', html } = mail;
        assert.ok(subject !== '' && text !== '');
        if (html) assertPage(html);
        return `${subject}\n${text}\n${html || ''}`;
      });
    await testNotifier(email, { config: { ...at, ...open }, received });
  });

  test('says what happened in the subject, and heads the mail as one that nobody wrote', async () => {
    const { got, at } = await serve();
    const { outcome } = await deliver({ ...at, ...open, subjectTag: '[nas]' });
    const [mail] = got;
    assert.equal(outcome, 'sent');
    assert.equal(mail?.subject, '[nas] 1 update failed on nas-01: have a look');
    assert.equal(mail?.messageId, '<msg_1@example.org>');
    assert.equal(mail?.from?.text, '"Belfry" <belfry@example.org>');
    assert.equal(mail?.headers.get('auto-submitted'), 'auto-generated');
    assert.equal(mail?.headers.get('x-auto-response-suppress'), 'All');
    assert.match(String(mail?.headers.get('priority')), /^high$/i);
    assert.deepEqual(mail?.headers.get('list'), {
      id: { name: 'Container updates on nas-01', id: 'nas-01.belfry.example.org' },
    });
    assert.match(mail?.text ?? '', /^FAILED {2}1 update failed on nas-01: have a look\n/);
    assert.match(mail?.html || '', /<h1[^>]*>1 update failed on nas-01: have a look<\/h1>/);
  });

  test('puts the mails of a host, or of its month, into one thread', async () => {
    const { got, at } = await serve();
    for (const thread of ['month', 'host', 'none']) await deliver({ ...at, ...open, thread }, 'a sample: updated');
    const roots = got.map(({ inReplyTo, references }) => [inReplyTo, references]);
    assert.match(String(roots[0]?.[0]), /^<belfry\.[0-9a-f]{16}\.2026-08@example\.org>$/);
    assert.match(String(roots[1]?.[0]), /^<belfry\.[0-9a-f]{16}@example\.org>$/);
    for (const [root, references] of roots) assert.equal(references, root);
    assert.deepEqual(roots[2], [undefined, undefined]);
  });

  test('keeps what fails in a thread of its own for each container, down to the news that it runs again', async () => {
    const { got, at } = await serve();
    const host = await createTestHost(email, { config: { ...at, ...open } });
    const about = { id: 'msg_1', now: new Date(0) };
    const failed = (name: string) => runReport(sampleFinished([sampleLine(name, { state: 'failed' })]), about);
    const web = failed('web');
    const later = { ...web.cycle, finishedAt: '2026-09-01T00:00:00.000Z' };
    const since = web.failed.map((item) => ({ ...item, failedSince: web.cycle.finishedAt }));
    const recovered = { ...web, cycle: later, failed: [], recovered: since };
    for (const report of [web, failed('db'), recovered, runReport(sampleFinished([]), about)]) {
      await host.deliver({ kind: 'run', report, event: null });
    }
    const [first, second, third, usual] = got.map(({ inReplyTo }) => inReplyTo);
    assert.match(first ?? '', /^<belfry\.[0-9a-f]{16}\.2026-08\.[0-9a-f]{16}@example\.org>$/);
    assert.notEqual(first, second);
    assert.equal(first, third);
    assert.match(usual ?? '', /^<belfry\.[0-9a-f]{16}\.2026-08@example\.org>$/);
  });

  test('is from a list by which filters can sort, whatever the host is called', async () => {
    const { got, at } = await serve();
    await deliver({ ...at, ...open }, 'a host of any name');
    const list = got[0]?.headers.get('list') as unknown as { readonly id: { readonly id: string } } | undefined;
    assert.match(list?.id.id ?? '', /^[0-9a-f]{16}\.belfry\.example\.org$/);
  });

  test('gives way to a template, in the page and in the text', async () => {
    const { got, at } = await serve();
    const body =
      '{{#failed}}{{#bold}}{{name}}{{/bold}} & {{image.display}}\n{{#link}}https://x.example|{{name}}{{/link}}{{/failed}}';
    await deliver({ ...at, ...open, template: { title: '{{counts.failed}} failed', body } }, 'markup of every kind');
    assert.equal(got[0]?.subject, '1 failed');
    assert.match(got[0]?.html || '', /<b>\*b\* [^<]*&lt;b&gt;[^<]*<\/b> & [^<]*<br>\n<a href="https:\/\/x\.example">/);
    assert.match(got[0]?.text ?? '', /^\*b\* .*<b>&amp;<\/b>.*\n.*: https:\/\/x\.example/);
  });

  test('copies in whom its configuration names, where the report is worth it', async () => {
    const { got, at } = await serve();
    const mention = { who: 'Ada <ada@example.org>' };
    await deliver({ ...at, ...open, mention });
    await deliver({ ...at, ...open, mention }, 'a sample: updated');
    const recipients = got.map((mail) => mail.recipients);
    assert.deepEqual(recipients, [['ops@example.org', 'ada@example.org'], ['ops@example.org']]);
  });

  test('encrypts the connection and signs in', async () => {
    const onAuth: SMTPServerOptions['onAuth'] = ({ username, password }, _, callback) =>
      username === signedIn.user && password === signedIn.password
        ? callback(null, { user: username })
        : callback(refuse(535, '5.7.8 no such user'));
    const starttls = await serve({ authOptional: false, onAuth });
    const tls = await serve({ authOptional: false, onAuth, secure: true });
    assert.equal((await deliver({ ...starttls.at, ...signedIn, ca: pem })).outcome, 'sent');
    assert.equal((await deliver({ ...tls.at, ...signedIn, ca: pem, security: 'tls' })).outcome, 'sent');
    assert.deepEqual([starttls.got[0]?.secure, tls.got[0]?.secure], [true, true]);
    const { outcome, why } = await deliver({ ...starttls.at, user: 'belfry', password: 'wr0ngwr0ng', ca: pem });
    assert.equal(outcome, 'permanent');
    assert.match(why, /refuses the user or the password: 535/);
    assert.doesNotMatch(why, /wr0ng/);
  });

  test('encrypts where the server offers it, and only then, if that is wanted, and never with a password', async () => {
    const security = 'opportunistic';
    const offers = await serve();
    const offersNot = await serve({ disabledCommands: ['STARTTLS'] });
    assert.equal((await deliver({ ...offers.at, security, ca: pem })).outcome, 'sent');
    assert.equal((await deliver({ ...offersNot.at, security })).outcome, 'sent');
    assert.deepEqual([offers.got[0]?.secure, offersNot.got[0]?.secure], [true, false]);
  });

  test('sends nothing where the connection cannot be encrypted', async () => {
    const signIns: string[] = [];
    const { got, at } = await serve({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ username = '' }, _, callback) => {
        signIns.push(username);
        callback(null, { user: username });
      },
    });
    const bare = await deliver({ ...at, ...signedIn });
    assert.equal(bare.outcome, 'permanent');
    assert.match(bare.why, /does not encrypt the connection/);
    const mistaken = await deliver({ ...at, ...signedIn, security: 'tls' });
    assert.equal(mistaken.outcome, 'permanent');
    assert.match(mistaken.why, /seems to want `starttls`/);
    const { at: unknown } = await serve();
    const untrusted = await deliver({ ...unknown, ...signedIn });
    assert.equal(untrusted.outcome, 'retry');
    assert.match(untrusted.why, /certificate is not trusted: self-signed/);
    assert.deepEqual([got, signIns], [[], []]);
  });

  test('names who is refused, and is sent for the others', async () => {
    const { got, at } = await serve({
      onRcptTo: ({ address }, _, callback) =>
        callback(address.startsWith('gone') ? refuse(550, '5.1.1 nobody of that name') : null),
    });
    const { outcome, logged } = await deliver({ ...at, ...open, to: ['gone@example.org', 'ops@example.org'] });
    assert.equal(outcome, 'sent');
    assert.deepEqual(got[0]?.recipients, ['ops@example.org']);
    assert.match(logged.join('\n'), /^warn .*does not deliver to gone@example\.org: 550 5\.1\.1 nobody/m);
    const alone = await deliver({ ...at, ...open, to: ['gone@example.org'] });
    assert.equal(alone.outcome, 'permanent');
    assert.match(alone.why, /^550 5\.1\.1 nobody/);
  });

  test('tries again where the server says later, and shortens where it says too long', async () => {
    const later = await serve({ onRcptTo: (_, __, callback) => callback(refuse(451, '4.7.1 greylisted')) });
    assert.equal((await deliver({ ...later.at, ...open })).outcome, 'retry');
    const small = await serve({
      onData: (stream, _, callback) => stream.resume().on('end', () => callback(refuse(552, '5.3.4 too big'))),
    });
    assert.equal((await deliver({ ...small.at, ...open })).outcome, 'shrink');
    const { at } = await serve({ onMailFrom: (_, __, callback) => callback(refuse(553, '5.7.1 not yours')) });
    assert.equal((await deliver({ ...at, ...open })).outcome, 'permanent');
  });

  test('is the same mail again where the connection was lost before the answer', async () => {
    const ids: unknown[] = [];
    const { at, sockets } = await serve({
      async onData(stream, _, callback) {
        ids.push((await simpleParser(stream)).messageId);
        if (ids.length === 1) sockets[0]?.destroy();
        else callback();
      },
    });
    assert.equal((await deliver({ ...at, ...open })).outcome, 'retry');
    assert.equal((await deliver({ ...at, ...open }, undefined, { attempt: 2 })).outcome, 'sent');
    assert.deepEqual(ids, ['<msg_1@example.org>', '<msg_1@example.org>']);
  });

  test('tries again where nobody listens, and lets go of a silent server when it is told to', async () => {
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const abort = new AbortController();
    const closed = once(silent, 'connection').then(([socket]: Socket[]) => {
      assert.ok(socket);
      abort.abort(new Error('it is time'));
      return once(socket.on('error', () => {}).resume(), 'close');
    });
    const config = { ...addresses, ...open, host: '127.0.0.1', port };
    const { outcome } = await deliver(config, undefined, { signal: abort.signal });
    assert.equal(outcome, 'retry');
    await closed;
    await new Promise((resolve) => silent.close(resolve));
    assert.equal((await deliver(config)).outcome, 'retry');
  });
});

/** What mail programs cut, block or take apart. */
function assertPage(html: string): void {
  assert.ok(Buffer.byteLength(html) <= 100_000, `${Buffer.byteLength(html)} bytes`);
  assert.doesNotMatch(html, /<(?:img|script|link|iframe|form)\b|url\(|javascript:[^<]*"/i);
  for (const [, address] of html.matchAll(/href="([^"]*)"/g)) assert.match(address ?? '', /^https?:\/\//);
  const depth: string[] = [];
  for (const [, end, name = ''] of html.matchAll(/<(\/?)([a-z]\w*)[^>]*>/g)) {
    if (['meta', 'br'].includes(name)) continue;
    if (end === '') depth.push(name);
    else assert.equal(depth.pop(), name);
  }
  assert.deepEqual(depth, []);
}

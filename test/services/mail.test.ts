import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createTestHost, reportFixtures } from 'belfry/testing';
import { simpleParser } from 'mailparser';
import email from '../../plugins/email/index.ts';
import { openPostfix } from './postfix.ts';

const server = await openPostfix(['ops', 'night']);
after(() => server.close());

const from = 'Belfry <belfry@example.org>';
const report = reportFixtures.find(({ name }) => name === 'something of everything')?.report ?? assert.fail();

async function send(own: object) {
  const { port, ca } = server;
  const host = await createTestHost(email, { config: { host: '127.0.0.1', port, ca, from, ...own } });
  const answer = await host.deliver({ kind: report.kind, report, event: null }, { id: 'msg_1' });
  await host.dispose();
  return { ...answer, why: 'why' in answer ? answer.why : '', logged: host.logged.join('\n') };
}

describe('a mail through Postfix', () => {
  test('arrives in the mailbox as it was sent, over an encrypted connection', async () => {
    assert.deepEqual(await send({ to: ['Ops <ops@belfry.test>'] }), { outcome: 'sent', why: '', logged: '' });
    const mail = await simpleParser(await server.arrived('ops'));
    assert.equal(mail.subject, '1 update failed on nas-01: have a look');
    assert.equal(mail.messageId, '<msg_1@example.org>');
    assert.match(mail.inReplyTo ?? '', /^<belfry\.[0-9a-f.-]+@example\.org>$/);
    assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
    const received = mail.headers.get('received');
    assert.match(String(received), / with ESMTPS /);
    const list = mail.headers.get('list') as unknown;
    assert.deepEqual(list, { id: { name: 'Container updates on nas-01', id: 'nas-01.belfry.example.org' } });
    assert.match(mail.text ?? '', /^FAILED {2}1 update failed on nas-01: have a look\n/);
    assert.match(mail.html || '', /<h1[^>]*>1 update failed on nas-01: have a look<\/h1>/);
  });

  test('reaches the others where one recipient is refused, and says whom it did not reach', async () => {
    const { outcome, logged } = await send({ to: ['night@belfry.test', 'gone@belfry.test'] });
    assert.equal(outcome, 'sent');
    assert.match(logged, /does not deliver to gone@belfry\.test: 550 5\.1\.1 /);
    const { to } = await simpleParser(await server.arrived('night'));
    assert.match(JSON.stringify(to), /night@belfry\.test/);
  });

  test('is given up where every recipient is refused, or nothing can be encrypted as it should be', async () => {
    const refused = await send({ to: ['gone@belfry.test'] });
    assert.deepEqual([refused.outcome, /550 5\.1\.1/.test(refused.why)], ['permanent', true]);
    const open = await send({ to: ['ops@belfry.test'], security: 'none' });
    assert.deepEqual([open.outcome, /STARTTLS/.test(open.why)], ['permanent', true]);
    const stranger = await send({ to: ['ops@belfry.test'], ca: undefined });
    assert.deepEqual([stranger.outcome, /certificate/.test(stranger.why)], ['retry', true]);
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { openScene } from './scene.ts';

test('with nothing but Watchtower’s variables, every address is told of an update once, and no address is shown', async (t) => {
  const scene = await openScene(t);
  const posts = await openSink(t);
  const mails = await openMailServer(t);
  const secret = 'CANARY-canary-0123456789';
  const env = {
    WATCHTOWER_NOTIFICATION_URL: `generic+http://127.0.0.1:${posts.port}/${secret}, smtp://127.0.0.1:${mails.port}/?from=a@example.org&to=ops@example.org&usestarttls=no&color=${secret}`,
    WATCHTOWER_NOTIFICATION_TITLE_TAG: 'nas',
    WATCHTOWER_NOTIFICATIONS_HOSTNAME: 'tower',
    WATCHTOWER_NOTIFICATION_REPORT: 'true',
    WATCHTOWER_RUN_ONCE: 'true',
    WATCHTOWER_PORCELAIN: 'v1',
  };
  const name = await scene.deploy('web');
  const { reference } = await scene.release('web', '2');

  const run = await scene.start([], env).done;
  assert.equal(run.code, 0, run.stderr);
  assert.equal(run.stdout, `${name} (${reference}): Updated\n`);
  assert.match(run.stderr, /WATCHTOWER_NOTIFICATION_URL, 2 of 2: smtp:\/\/•••: color is ignored/);
  assert.equal(posts.got.length, 1, run.stderr);
  assert.equal(posts.got[0]?.path, `/${secret}`);
  assert.match(posts.got[0]?.body ?? '', /^UPDATED {2}\[nas\] 1 updated on tower, nothing to do\n/);
  assert.equal(mails.got.length, 1, run.stderr);
  assert.match(mails.got[0] ?? '', /^Subject: \[nas\] 1 updated on tower, nothing to do\r$/m);

  const checked = await scene.start(['config', 'check'], env).done;
  const listed = await scene.start(['plugins', '--json'], env).done;
  assert.match(listed.stdout, /"name":"webhook"/);
  const again = await scene.start([], env).done;
  assert.equal(again.stdout, `${name} (${reference}): Fresh\n`);
  assert.equal(posts.got.length + mails.got.length, 2);
  const refused = await scene.start([], { ...env, WATCHTOWER_NOTIFICATION_URL: `slak://${secret}@x` }).done;
  assert.equal(refused.code, 2);
  assert.match(
    refused.stderr,
    /NOTIFICATION_SERVICE_UNKNOWN {2}WATCHTOWER_NOTIFICATION_URL: slak:\/\/•••: .*slack:\/\/\?/,
  );
  for (const { stdout, stderr } of [run, checked, listed, again, refused]) {
    assert.doesNotMatch(stdout + stderr, /canary/i);
  }
});

async function openSink(t: TestContext) {
  const got: { readonly path: string | undefined; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    got.push({ path: request.url, body });
    response.writeHead(204).end();
  });
  return { got, port: await listen(t, server) };
}

async function openMailServer(t: TestContext) {
  const got: string[] = [];
  const mailServer = new SMTPServer({
    ...{ authOptional: true, disableReverseLookup: true, closeTimeout: 100, hideSTARTTLS: true },
    async onData(stream, _, callback) {
      let mail = '';
      for await (const chunk of stream) mail += chunk;
      got.push(mail);
      callback();
    },
  });
  mailServer.on('error', () => {});
  t.after(() => mailServer.close());
  mailServer.listen(0, '127.0.0.1');
  await once(mailServer.server, 'listening');
  return { got, port: (mailServer.server.address() as AddressInfo).port };
}

async function listen(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

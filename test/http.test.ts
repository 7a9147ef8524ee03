import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { hasCode } from '../core/errors/app-error.ts';
import { request } from '../core/http.ts';
import { makeCertificate } from './registry/certificate.ts';

type Answer = (incoming: http.IncomingMessage, response: http.ServerResponse, body: string) => void;

let answer: Answer = () => {};
const server = http.createServer((incoming, response) => {
  let body = '';
  incoming.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk;
  });
  incoming.on('end', () => answer(incoming, response, body));
});
let url = '';
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const fails = (work: Promise<unknown>, message: RegExp) =>
  assert.rejects(work, (error: unknown) => hasCode(error, 'HTTP_FAILED') && message.test(error.message));

describe('a plugin’s request', () => {
  test('carries its body with its length in bytes, and brings back status, headers and body', async () => {
    answer = ({ method, headers }, response, body) =>
      response.writeHead(201, { 'X-Seen': `${method} ${headers['content-length']} ${headers['x-own']}` }).end(body);
    const got = await request({ method: 'POST', url, headers: { 'x-own': 'yes' }, body: 'ü' });
    assert.deepEqual([got.status, got.headers['x-seen'], got.body], [201, 'POST 2 yes', 'ü']);
  });

  test('follows no redirect', async () => {
    answer = (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    const { status, headers } = await request({ method: 'GET', url });
    assert.deepEqual([status, headers.location], [302, 'http://169.254.169.254/']);
  });

  test('keeps no more than 64 KiB of an answer', async () => {
    answer = (_, response) => response.end('x'.repeat(10_000_000));
    const { status, body } = await request({ method: 'GET', url });
    assert.equal(status, 200);
    assert.ok(body.length > 0 && body.length <= 64 * 1024, `${body.length}`);
  });

  test('has one deadline for everything, also for an answer that trickles', async () => {
    answer = (_, response) => {
      const timer = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(timer));
    };
    await fails(request({ method: 'GET', url, timeout: 60 }), /^127\.0\.0\.1:\d+: no answer within 0\.06 s$/);
    answer = () => {};
    await fails(request({ method: 'GET', url, timeout: 30 }), /no answer within 0\.03 s$/);
  });

  test('ends with the caller’s signal, and does not blame the other side for it', async () => {
    answer = () => {};
    const stop = new AbortController();
    const asked = request({ method: 'GET', url, signal: stop.signal });
    stop.abort();
    await fails(asked, /: the request was stopped$/);
    await fails(request({ method: 'GET', url, signal: stop.signal }), /: the request was stopped$/);
  });

  test('that meets nobody, or a connection that breaks, names the host and never the path', async () => {
    await fails(request({ method: 'GET', url: 'http://127.0.0.1:1/secret' }), /^127\.0\.0\.1:1: .*ECONNREFUSED/);
    answer = (_, response) => response.destroy();
    await fails(request({ method: 'GET', url: `${url}/secret` }), /^127\.0\.0\.1:\d+: socket hang up$/);
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => response.destroy(), 10);
    };
    await fails(request({ method: 'GET', url }), /^127\.0\.0\.1:\d+: aborted$/);
  });

  test('goes to HTTP addresses only', async () => {
    await fails(request({ method: 'GET', url: 'file:///etc/passwd' }), /is no address for HTTP/);
    await fails(request({ method: 'GET', url: 'not a url' }), /is no address for HTTP/);
  });

  test('takes any certificate only where it says so', async (t) => {
    const certificate = makeCertificate();
    const tls = https.createServer({ key: certificate.key, cert: certificate.certificate }, (_, response) =>
      response.end('well'),
    );
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    t.after(() => {
      certificate.remove();
      tls.closeAllConnections();
      tls.close();
    });
    const secure = `https://127.0.0.1:${(tls.address() as AddressInfo).port}`;
    await fails(request({ method: 'GET', url: secure }), /certificate/);
    const { body } = await request({ method: 'GET', url: secure, insecure: true, headers: { host: 'app.example' } });
    assert.equal(body, 'well');
    await fails(request({ method: 'GET', url: secure }), /certificate/);
  });
});

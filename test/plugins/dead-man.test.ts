import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import type { Http, HttpRequest, HttpResponse, ReportItem } from 'belfry/plugin';
import { createFakeClock, createTestHost, sampleEvent, sampleFinished, sampleLine, testPlugin } from 'belfry/testing';
import deadMan from '../../plugins/dead-man/index.ts';

const url = 'https://hc-ping.com/3f1c-secret';
const hour = 3_600_000;

test('it is whole', () =>
  testPlugin(deadMan, {
    valid: [{ url }, { success: url, fail: url, method: 'GET' }, { url, unknownAfter: '0s' }],
    invalid: [undefined, {}, { method: 'GET' }, { url: 'ftp://example.org' }, { url, timeout: 3 }],
  }));

type Answer = number | Error | Partial<HttpResponse>;

async function arrange(config: object, answers: readonly Answer[] = [], http?: Http) {
  const clock = createFakeClock(Date.parse(sampleFinished([]).time));
  const requests: (HttpRequest & { readonly at: number })[] = [];
  const begun = clock.now();
  const host = await createTestHost(deadMan, {
    clock,
    config,
    secrets: ['hunter2-is-long'],
    http:
      http ??
      (async (asked) => {
        const answer = answers[requests.length] ?? 200;
        requests.push({ ...asked, at: clock.now() - begun });
        if (answer instanceof Error) throw answer;
        return { status: 200, headers: {}, body: '', ...(typeof answer === 'number' ? { status: answer } : answer) };
      }),
  });
  const started = { ...sampleEvent('started'), cycle: 'cyc_1' };
  const start = (dryRun = false) => host.emit({ ...started, dryRun });
  const end = (items: readonly ReportItem[] = [], dryRun = false) =>
    host.emit({ ...sampleFinished(items), cycle: 'cyc_1', dryRun });
  return { clock, host, requests, start, end, called: () => requests.map((one) => one.url) };
}

const problem = { code: 'UNHEALTHY', message: 'it answered 500', hint: '' };
const broken = sampleLine('immich', { state: 'failed', phase: 'verify', outcome: 'rolled-back', problem });
const unchecked = (since: number) => {
  const timeout = { code: 'REGISTRY_TIMEOUT', message: 'ghcr.io did not answer', hint: '' };
  const known = { phase: 'check', outcome: 'unchanged', problem: timeout } as const;
  return sampleLine('web', { state: 'failed', ...known, since: new Date(since).toISOString() });
};

describe('where it calls', () => {
  test('one address stands for all three', async () => {
    const { start, end, called } = await arrange({ url });
    await start();
    await end();
    await end([broken]);
    assert.deepEqual(called(), [`${url}/start`, url, `${url}/fail`]);
  });

  test('each can be another, a query stays, and what is not given is not called', async () => {
    const kuma = (status: string) => `https://kuma.lan/api/push/x?status=${status}`;
    const one = await arrange({ success: kuma('up'), fail: kuma('down'), method: 'GET' });
    await one.start();
    await one.end();
    await one.end([broken]);
    assert.deepEqual(one.called(), [kuma('up'), kuma('down')]);
    assert.deepEqual([one.requests[0]?.method, one.requests[0]?.body], ['GET', undefined]);
    const other = await arrange({ url: 'https://example.org/p/?key=x', fail: 'https://example.net/f' });
    await other.start();
    await other.end([broken]);
    assert.deepEqual(other.called(), ['https://example.org/p/start?key=x', 'https://example.net/f']);
  });

  test('nowhere in a dry run', async () => {
    const { start, end, called } = await arrange({ url });
    await start(true);
    await end([], true);
    assert.deepEqual(called(), []);
  });
});

describe('what it says', () => {
  test('how the cycle ended, and why it failed, without secrets', async () => {
    const { end, requests } = await arrange({ url });
    await end([{ ...broken, problem: { ...problem, message: 'it answered hunter2-is-long' } }]);
    const [request] = requests;
    assert.equal(request?.method, 'POST');
    assert.equal(request?.timeout, 10_000);
    assert.match(
      request?.body ?? '',
      /^nas-01: cycle finished in 221\.0 s: 1 failed, 31 up to date\nimmich: it answered •+$/,
    );
  });

  test('a cycle that broke off failed, although nothing stands in its report', async () => {
    const { host, end, requests } = await arrange({ url });
    const failed = { type: 'failed', cycle: 'cyc_1', workload: null, phase: 'list', outcome: 'unchanged' } as const;
    await host.emit({ ...failed, problem: { ...problem, message: 'the engine is gone' }, logTail: [] });
    await end();
    assert.equal(requests[0]?.url, `${url}/fail`);
    assert.match(requests[0]?.body ?? '', /the engine is gone/);
    await host.emit({ ...sampleFinished([]), cycle: 'cyc_2' });
    assert.equal(requests[1]?.url, url);
  });

  test('what could not be checked fails it after a day, or as set', async () => {
    const { clock, end, called } = await arrange({ url });
    await end([unchecked(clock.now() - 23 * hour)]);
    await end([unchecked(clock.now() - 24 * hour)]);
    assert.deepEqual(called(), [url, `${url}/fail`]);
    const early = await arrange({ url });
    await early.end([unchecked(early.clock.now() - 24 * hour + 50_000)]);
    assert.deepEqual(early.called(), [`${url}/fail`]);
    const strict = await arrange({ url, unknownAfter: '0s' });
    await strict.end([unchecked(strict.clock.now())]);
    assert.deepEqual(strict.called(), [`${url}/fail`]);
  });
});

describe('a call that does not arrive', () => {
  test('is made again a few times, with pauses, and then given up without the address', async () => {
    const gone = new Error('hc-ping.com: connection refused');
    const { end, requests, host } = await arrange({ url }, [gone, 503, 429, gone]);
    await end();
    assert.deepEqual(
      requests.map(({ at }) => at),
      [0, 1_000, 4_000, 9_000],
    );
    assert.deepEqual(host.logged, [
      'warn  the success call did not arrive: hc-ping.com: connection refused plugin=dead-man',
    ]);
  });

  test('waits as long as it is told to, and not where that is too long', async () => {
    const wait = (seconds: string) => ({ status: 429, headers: { 'retry-after': seconds } });
    const patient = await arrange({ url }, [wait('7')]);
    await patient.end();
    assert.deepEqual(
      patient.requests.map(({ at }) => at),
      [0, 7_000],
    );
    const late = await arrange({ url }, [wait('60')]);
    await late.end();
    assert.equal(late.requests.length, 1);
  });

  test('at the start is made once, and where it is refused never again', async () => {
    const { start, end, requests, host } = await arrange({ url }, [503, { status: 404, body: url }]);
    await start();
    await end();
    assert.equal(requests.length, 2);
    assert.equal(host.logged.join().includes('secret'), false);
  });
});

test('a real service is called, and no redirection is followed', async (t) => {
  const seen: string[] = [];
  const sink = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push(`${request.method} ${request.url} ${body.split('\n')[0]}`);
    if (request.url === '/ping/start') response.writeHead(302, { location: '/elsewhere' }).end();
    else response.writeHead(200).end('OK');
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  t.after(() => sink.close());
  const address = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/ping`;
  const http: Http = async ({ url, method, body, headers = {} }) => {
    const response = await fetch(url, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) });
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  };
  const { start, end, host } = await arrange({ url: address }, [], http);
  await start();
  await end();
  assert.deepEqual(seen, [
    'POST /ping/start cycle started (schedule)',
    'POST /ping nas-01: cycle finished in 221.0 s: 31 up to date',
  ]);
  assert.match(host.logged.join(), /the start call did not arrive: it was answered with 302; redirects are not/);
});

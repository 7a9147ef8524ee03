import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HttpRequest, Route } from 'belfry/plugin';
import { createFakeClock, createTestHost, samplePlan, sampleState, testPlugin } from 'belfry/testing';
import healthHttp from '../../plugins/health-http/index.ts';

type Answer = number | { readonly status: number; readonly body: string } | Error;

interface Arranged {
  readonly config?: object;
  readonly labels?: Readonly<Record<string, string>>;
  /** What is answered after so many milliseconds, by the time it begins. */
  readonly answers?: Readonly<Record<number, Answer>>;
  readonly routes?: readonly Route[];
  readonly obstacle?: string;
  readonly running?: boolean;
}

const bridge = { host: '172.17.0.2', port: 8080 };

async function arrange({ config, labels = {}, answers = { 0: 200 }, routes = [bridge], ...rest }: Arranged) {
  const clock = createFakeClock();
  const began = clock.now();
  const requests: HttpRequest[] = [];
  const asked: number[] = [];
  const host = await createTestHost(healthHttp, {
    clock,
    config,
    http: async (request) => {
      requests.push(request);
      const answer = Object.entries(answers).findLast(([from]) => clock.now() - began >= Number(from))?.[1] ?? 200;
      if (answer instanceof Error) throw answer;
      return { headers: {}, body: '', ...(typeof answer === 'number' ? { status: answer } : answer) };
    },
    routes: (_, port) => {
      asked.push(port);
      return rest.obstacle === undefined ? { routes, obstacle: null } : { routes: [], obstacle: rest.obstacle };
    },
    state: () => sampleState({ running: rest.running ?? true }),
  });
  const plan = samplePlan({ labels });
  return { host, plan, requests, asked, took: () => clock.now() - began };
}

async function verdictOn(arranged: Arranged) {
  const { host, plan, requests, took, asked } = await arrange(arranged);
  const verdict = await host.ask('checkHealth', plan);
  const reason = verdict?.verdict === 'unhealthy' ? verdict.reason : undefined;
  return { verdict: verdict?.verdict, reason, requests, took: took(), asked };
}

const label = (text: string) => ({ 'belfry.health.http': text });
const check = (own: object) => ({ checks: [{ containers: ['web'], ...own }] });

test('health-http is whole', () =>
  testPlugin(healthHttp, {
    valid: [undefined, {}, check({}), check({ scheme: 'https', status: [200, '3xx'], body: 'up', timeout: 90 })],
    invalid: [
      ...[{ containers: [] }, { port: 0 }, { path: 'x' }, { status: ['6xx'] }, { body: '(a+)+' }].map(check),
      ...[{ timeout: '2h' }, { url: 'http://x' }, { headers: { 'a b': 'c' } }].map(check),
    ],
    routes: () => ({ routes: [bridge], obstacle: null }),
    http: async () => ({ status: 200, headers: {}, body: 'up' }),
  }));

describe('health-http', () => {
  test('has no opinion where nothing is configured for the container', async () => {
    assert.equal((await verdictOn({})).verdict, undefined);
    assert.equal((await verdictOn({ config: { checks: [{ containers: ['db', 'we', 'web.'] }] } })).verdict, undefined);
  });

  test('asks the container itself, at its own address', async () => {
    const { verdict, requests, asked } = await verdictOn({ labels: label(':8080/healthz?deep=1') });
    assert.equal(verdict, 'healthy');
    assert.deepEqual(asked, [8080]);
    assert.deepEqual(
      requests.map(({ method, url }) => `${method} ${url}`),
      ['GET http://172.17.0.2:8080/healthz?deep=1'],
    );
  });

  test('tries again until it is healthy', async () => {
    const { verdict, took } = await verdictOn({
      labels: label(':8080'),
      answers: { 0: new Error('refused'), 5000: 503, 9000: 200 },
    });
    assert.deepEqual([verdict, took], ['healthy', 9000]);
  });

  test('says what it was answered last, and for how long it tried', async () => {
    const labels = { ...label(':8080/healthz'), 'belfry.health.timeout': '30s' };
    const { reason, took } = await verdictOn({ labels, answers: { 0: 503 } });
    assert.equal(reason, 'GET http://:8080/healthz answered 503, not 2xx or 3xx (tried for 30s)');
    assert.equal(took, 30_000);
  });

  test('says why nothing answered', async () => {
    const answers = { 0: new Error('172.17.0.2:8080: connect ECONNREFUSED') };
    const { reason } = await verdictOn({ labels: label('8080'), answers });
    assert.equal(reason, 'GET http://:8080/ got no answer: 172.17.0.2:8080: connect ECONNREFUSED (tried for 1m)');
  });

  for (const [text, url] of [
    ['/ready', 'http://172.17.0.2:80/ready'],
    ['8080/x', 'http://172.17.0.2:8080/x'],
    ['https://:8443/x', 'https://172.17.0.2:8443/x'],
    ['https:///x', 'https://172.17.0.2:443/x'],
    ['http://:81', 'http://172.17.0.2:81/'],
    ['//evil.example/x', 'http://172.17.0.2:80//evil.example/x'],
    [':80/@evil.example', 'http://172.17.0.2:80/@evil.example'],
  ] as const) {
    test(`reads the label ${text}`, async () => {
      const { host, plan, requests } = await arrange({ labels: label(text), routes: [] });
      assert.equal(await host.ask('beforeUpdate', plan), undefined);
      const { requests: made } = await verdictOn({
        labels: label(text),
        routes: [{ host: '172.17.0.2', port: Number(/:(\d+)\//.exec(url)?.[1]) }],
      });
      assert.equal(made[0]?.url, url);
      assert.deepEqual(requests, []);
    });
  }

  for (const text of [
    'evil.example',
    'http://evil.example/',
    'http://evil.example:80/',
    'user@evil',
    ':0',
    ':70000/x',
    'ftp://:21/',
    ':80/a b',
    '10.0.0.1:80',
  ]) {
    test(`lets no update begin for the label ${text}`, async () => {
      const { host, plan, requests } = await arrange({ labels: label(text) });
      const verdict = await host.ask('beforeUpdate', plan);
      assert.deepEqual(verdict, {
        verdict: 'veto',
        reason: `the label belfry.health.http=${text} is not a port and path of the container such as :8080/healthz`,
      });
      await assert.rejects(host.ask('checkHealth', plan), /belfry\.health\.http/);
      assert.deepEqual(requests, []);
    });
  }

  test('lets no update begin with a time-out that is none, or too long', async () => {
    for (const text of ['soon', '2h']) {
      const { host, plan } = await arrange({ labels: { ...label(':80'), 'belfry.health.timeout': text } });
      const verdict = await host.ask('beforeUpdate', plan);
      assert.match(verdict?.verdict === 'veto' ? verdict.reason : '', /health\.timeout=.* is not a duration/);
    }
  });

  test('lets no update begin for a container that Belfry does not reach, and says what would', async () => {
    const obstacle = 'web is out of reach: Belfry runs in the container belfry';
    const { host, plan } = await arrange({ labels: label(':8080'), obstacle });
    assert.deepEqual(await host.ask('beforeUpdate', plan), {
      verdict: 'veto',
      reason: `${obstacle}; health-exec would check it from inside`,
    });
    const stopped = await arrange({ labels: label(':8080'), obstacle: 'web does not run', running: false });
    assert.equal(await stopped.host.ask('beforeUpdate', stopped.plan), undefined);
  });

  test('ends at once where the container no longer runs', async () => {
    const { reason, took } = await verdictOn({ labels: label(':8080'), obstacle: 'web does not run' });
    assert.deepEqual([reason, took], ['web does not run', 0]);
  });

  test('goes by the next route where one leads nowhere, and by none after one that answers', async () => {
    const routes = [bridge, { host: 'fd00::2', port: 80 }, { host: '127.0.0.1', port: 32_768 }];
    const host = await createTestHost(healthHttp, {
      routes: () => ({ routes, obstacle: null }),
      http: async ({ url }) => {
        asked.push(url);
        if (url.includes('172.17')) throw new Error('no route to host');
        return { status: 204, headers: {}, body: '' };
      },
    });
    const asked: string[] = [];
    const verdict = await host.ask('checkHealth', samplePlan({ labels: label(':8080/') }));
    assert.equal(verdict?.verdict, 'healthy');
    assert.deepEqual(asked, ['http://172.17.0.2:8080/', 'http://[fd00::2]:80/']);
  });

  test('wants the statuses and the body that it is configured with', async () => {
    const config = check({ status: [401, '2xx'], body: '"up"', timeout: '5s' });
    assert.equal(
      (await verdictOn({ config, answers: { 0: { status: 401, body: '{"db":"up"}' } } })).verdict,
      'healthy',
    );
    assert.match((await verdictOn({ config, answers: { 0: 302 } })).reason ?? '', /answered 302, not 401 or 2xx/);
    const { reason } = await verdictOn({ config, answers: { 0: { status: 200, body: 'down' } } });
    assert.equal(reason, 'GET http://:80/ answered 200 without "up" in it (tried for 5s)');
  });

  test('sends the headers and the host that it is configured with', async () => {
    const config = check({ headers: { 'x-probe': '1' }, host: 'app.example', scheme: 'https' });
    const { requests } = await verdictOn({ config });
    const { 'x-probe': probe, host } = requests[0]?.headers ?? {};
    assert.deepEqual([probe, host, requests[0]?.insecure], ['1', 'app.example', true]);
  });

  test('wants so many good answers in a row', async () => {
    const config = check({ successes: 3 });
    const { verdict, requests } = await verdictOn({ config, answers: { 0: 200, 1000: 500, 2000: 200 } });
    assert.deepEqual([verdict, requests.length], ['healthy', 5]);
  });

  test('wants all that configuration and label ask for', async () => {
    const host = await createTestHost(healthHttp, {
      config: check({ path: '/configured', timeout: '60s' }),
      routes: () => ({ routes: [bridge], obstacle: null }),
      http: async ({ url }) => ({ status: url.endsWith('/configured') ? 200 : 500, headers: {}, body: '' }),
    });
    const verdict = await host.ask('checkHealth', samplePlan({ labels: label('/labelled') }));
    assert.match(verdict?.verdict === 'unhealthy' ? verdict.reason : '', /labelled answered 500/);
  });

  test('asks for as much time as its longest check may take', () => {
    const checks = [{ containers: ['web'], timeout: 120_000, interval: 1000 }] as never;
    assert.ok((healthHttp.patience?.({ checks }, samplePlan()) ?? 0) > 120_000);
    const labels = { ...label(':80'), 'belfry.health.timeout': '10m' };
    assert.ok((healthHttp.patience?.({ checks }, samplePlan({ labels })) ?? 0) > 600_000);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFakeEngine } from '../kit/fake-engine.ts';
import { Killed, killAt } from '../kit/killed.ts';

const config = { Cmd: ['serve'] };
const spec = (image: string, networks: readonly string[] = []) => ({
  config: { Image: image },
  hostConfig: {},
  networks: networks.map((name) => ({ name, endpoint: {} })),
});

function withWeb() {
  const engine = createFakeEngine();
  engine.registry.put('web:1', { config });
  engine.addNetwork('front');
  engine.addNetwork('back');
  engine.run('web', { image: 'web:1' });
  return engine;
}

describe('the fake engine', () => {
  test('records the calls that come to it, and nothing that is arranged', async () => {
    const engine = withWeb();
    await engine.stop('web', { signal: null, graceSeconds: 5 });
    await engine.create('other', spec('web:1', ['front', 'back']));
    assert.deepEqual(
      engine.calls.map(({ n, method }) => [n, method]),
      [
        [1, 'stop'],
        [2, 'create'],
        [3, 'connect'],
      ],
    );
    assert.deepEqual(engine.calls[0]?.args, ['web', { signal: null, graceSeconds: 5 }]);
  });

  test('has no effect of a call that fails before it, and all of one that fails after it', async () => {
    const engine = withWeb();
    for (const [phase, names] of [
      ['before', ['web']],
      ['after', ['renamed']],
    ] as const) {
      engine.setFault((_, at) => {
        if (at === phase) throw new Error('cut');
      });
      await assert.rejects(engine.rename('web', 'renamed'), /cut/);
      assert.deepEqual(engine.names(), names);
    }
  });

  test('lets others change it in the middle of things', async () => {
    const engine = withWeb();
    engine.setFault(({ method }, phase) => {
      if (method === 'start' && phase === 'before') engine.crash('web', 1);
    });
    await engine.start('web');
    assert.equal((await engine.inspect('web')).State.Status, 'running');
  });

  test('keeps what a killed process has begun: a dead one cleans nothing up', async () => {
    const engine = withWeb();
    engine.setFault(killAt(2, 'before'));
    await assert.rejects(engine.create('half', spec('web:1', ['front', 'back'])), Killed);
    await assert.rejects(engine.list(), Killed);
    engine.setFault(undefined);
    assert.deepEqual(engine.names(), ['half', 'web']);
    assert.deepEqual(Object.keys((await engine.inspect('half')).NetworkSettings.Networks ?? {}), ['front']);
  });

  test('takes no real time: a stop advances the clock by what it takes', async () => {
    const engine = withWeb();
    engine.behave('web:1', { signals: { SIGTERM: 'ignored' } });
    const before = engine.clock.now();
    await engine.stop('web', { signal: null, graceSeconds: 600 });
    assert.equal(engine.clock.now() - before, 600_000);
    assert.equal((await engine.inspect('web')).State.ExitCode, 137);
  });

  test('restarts after a delay that doubles, up to a minute', async () => {
    const engine = createFakeEngine();
    engine.registry.put('loop:1', { config });
    engine.behave('loop:1', { exitsAfter: 0, exitCode: 1 });
    engine.run('loop', {
      image: 'loop:1',
      hostConfig: { RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } },
    });
    const restarts = async () => (await engine.inspect('loop')).RestartCount;
    assert.equal(await restarts(), 1);
    engine.clock.advance(100);
    assert.equal(await restarts(), 2);
    engine.clock.advance(200 + 400);
    assert.equal(await restarts(), 4);
    engine.clock.advance(24 * 60 * 60 * 1000);
    const many = await restarts();
    engine.clock.advance(60_000);
    assert.equal(await restarts(), many + 1);
  });

  test('hands out copies: what a caller does to an answer changes nothing', async () => {
    const engine = withWeb();
    const details = (await engine.inspect('web')) as { Name: string; Config: { Env?: unknown } };
    details.Name = '/changed';
    details.Config.Env = ['CHANGED=1'];
    assert.equal((await engine.inspect('web')).Name, '/web');
    assert.equal((await engine.inspect('web')).Config.Env, null);
  });

  test('behaves as the image of a digest is told to, once the tag has moved there', async () => {
    const engine = withWeb();
    const digest = engine.registry.put('web:1', { config, labels: { version: '2' } });
    engine.behave(`web@${digest}`, { startError: 'exec format error' });
    await engine.pull(`web@${digest}`, {});
    await engine.tag(`web@${digest}`, 'web', '1');
    const id = await engine.create('next', spec('web:1'));
    await assert.rejects(engine.start(id), { code: 'ENGINE_REFUSED', message: 'exec format error' });
    assert.equal((await engine.inspect('web')).State.Running, true);
  });

  test('refuses probes as it is told to', async () => {
    const engine = createFakeEngine({ refused: ['DELETE /containers/{id}'] });
    const refused = (await engine.probe()).filter(({ allowed }) => !allowed);
    assert.deepEqual(refused, [{ endpoint: 'DELETE /containers/{id}', allowed: false }]);
  });
});

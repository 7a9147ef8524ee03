import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createDockerEngine } from '../../../core/engine/docker/engine.ts';
import { withCode } from '../stage.ts';
import { type Asked, engineAnswers, type Reply, serve } from './server.ts';

type Answers = (asked: Asked) => Reply | undefined;

const details = (RestartPolicy: object, Config: object = {}) => ({ body: { Config, HostConfig: { RestartPolicy } } });
const always = { Name: 'always', MaximumRetryCount: 0 };

const stopping = async (t: TestContext, apiVersion: string, answers: Answers) => {
  const server = await serve(
    engineAnswers(apiVersion, (asked) => {
      const own = answers(asked);
      if (own !== undefined) return own;
      return asked.method === 'POST' ? { status: 204 } : undefined;
    }),
  );
  t.after(server.close);
  const calls = () =>
    server.asked
      .filter(({ method }) => method === 'POST')
      .map(({ path, query, body }) => {
        const policy = path.endsWith('/update') ? ` ${JSON.parse(body).RestartPolicy.Name}` : '';
        return `${path.replace(/^.*\/web\//, '')}${query.size === 0 ? '' : `?${query}`}${policy}`;
      });
  return { engine: createDockerEngine(server.settings), calls };
};
const inspects = (answer: Reply) => (asked: Asked) => (asked.path.endsWith('/web/json') ? answer : undefined);

test('FM13: a stop grants the grace of the container where the caller states none', async (t) => {
  const { engine, calls } = await stopping(t, '1.41', inspects(details(always, { StopTimeout: 45 })));
  await engine.stop('web', { signal: null, graceSeconds: null });
  await engine.stop('web', { signal: null, graceSeconds: 3 });
  assert.deepEqual(calls(), ['stop?t=45', 'stop?t=3']);
});

test('from API 1.42 on the engine takes the signal with the stop', async (t) => {
  const { engine, calls } = await stopping(t, '1.44', inspects(details(always)));
  await engine.stop('web', { signal: 'SIGINT', graceSeconds: 3 });
  assert.deepEqual(calls(), ['stop?t=3&signal=SIGINT']);
});

test('before, a stop by signal is a kill without restarts, and the policy comes back', async (t) => {
  const { engine, calls } = await stopping(t, '1.41', inspects(details(always)));
  await engine.stop('web', { signal: 'SIGINT', graceSeconds: 3 });
  assert.deepEqual(calls(), ['update no', 'kill?signal=SIGINT', 'wait?condition=not-running', 'update always']);
});

test('a policy that restarts nothing is left alone', async (t) => {
  const { engine, calls } = await stopping(t, '1.41', inspects(details({ Name: '', MaximumRetryCount: 0 })));
  await engine.stop('web', { signal: 'SIGINT', graceSeconds: 3 });
  assert.deepEqual(calls(), ['kill?signal=SIGINT', 'wait?condition=not-running']);
});

test('a container that is not running needs no kill', async (t) => {
  const { engine, calls } = await stopping(t, '1.41', (asked) =>
    asked.path.endsWith('/kill') ? { status: 409 } : inspects(details(always))(asked),
  );
  await engine.stop('web', { signal: 'SIGINT', graceSeconds: 3 });
  assert.deepEqual(calls(), ['update no', 'kill?signal=SIGINT', 'update always']);
});

test('a signal that the engine refuses leaves the policy as it was', async (t) => {
  const { engine, calls } = await stopping(t, '1.41', (asked) =>
    asked.path.endsWith('/kill') ? { status: 400 } : inspects(details(always))(asked),
  );
  await assert.rejects(engine.stop('web', { signal: 'SIGNONSENSE', graceSeconds: 3 }), withCode('ENGINE_REFUSED'));
  assert.deepEqual(calls(), ['update no', 'kill?signal=SIGNONSENSE', 'update always']);
});

test('an engine that cannot change restart policies refuses another signal, and leaves the container alone', async (t) => {
  const unknown = (asked: Asked): Reply | undefined =>
    asked.path.endsWith('/update') ? { status: 404, body: { message: 'Not Found' } } : inspects(details(always))(asked);
  const { engine, calls } = await stopping(t, '1.41', unknown);
  await assert.rejects(engine.stop('web', { signal: 'SIGINT', graceSeconds: 3 }), withCode('ENGINE_REFUSED'));
  await engine.setRestartPolicy('web', { Name: 'no', MaximumRetryCount: 0 });
  assert.deepEqual(calls(), ['update no', 'update no']);
});

test('a policy that is refused since the container ends in that moment is asked for again', async (t) => {
  let refusals = 2;
  const { engine, calls } = await stopping(t, '1.51', ({ path }) => {
    if (!path.endsWith('/update') || refusals === 0) return undefined;
    refusals -= 1;
    return { status: 500, body: { message: 'Cannot update container web: cannot update a stopped container' } };
  });
  await engine.setRestartPolicy('web', { Name: 'no', MaximumRetryCount: 0 });
  assert.deepEqual(calls(), ['update no', 'update no', 'update no']);
});

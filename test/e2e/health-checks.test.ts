import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageSpec } from '../../core/demo/image.ts';
import { assertOriginal, openScene } from './scene.ts';

/** What each check is asked for by label, and how a version that does not pass it is told. */
const checks = {
  http: { label: 'health.http', text: '/healthz', reason: /^GET http:\/\/:80\/healthz answered 404, not 2xx or 3xx/ },
  tcp: { label: 'health.tcp', text: '80', reason: /^port 80 takes no connection: .*ECONNREFUSED/ },
  exec: {
    label: 'health.exec',
    text: "sh -c 'echo looks; test -f /www/healthz'",
    reason: /exited with 1: looks \(tried/,
  },
  log: { label: 'health.log', text: 'ready to serve', reason: /^no line of its log matches ready to serve/ },
  'log-not': { label: 'health.log-not', text: 'panic|FATAL', reason: /^its log says: panic: no disk/ },
} as const;
const kinds = Object.keys(checks) as readonly (keyof typeof checks)[];

/** A web service; one that is not well fails all of the checks, and runs on. */
function service(version: string, well: boolean): ImageSpec {
  const says = well ? 'ready to serve' : 'panic: no disk';
  const serve = (port: number) => `trap 'exit 0' TERM; echo "${says}"; httpd -f -p ${port} -h /www & wait`;
  return {
    layers: [{ [well ? '/www/healthz' : '/www/other']: version }],
    config: {
      Cmd: ['sh', '-c', serve(80)],
      Env: ['PATH=/bin'],
      Labels: { 'org.opencontainers.image.version': version },
    },
  };
}

test('a version that fails a check of its container’s labels is rolled back with its reason, the next one passes', async (t) => {
  const scene = await openScene(t);
  const release = async (version: string, well: boolean) => {
    for (const kind of kinds) {
      const { config = {}, ...rest } = service(version, well);
      const Labels = { ...config.Labels, 'org.example.test': `${scene.prefix}-${kind}` };
      // A service without the port, else it would answer there too.
      const silent = kind === 'tcp' && !well ? { Cmd: ['sh', '-c', "trap 'exit 0' TERM; sleep 3600 & wait"] } : {};
      await scene.push(`${kind}:latest`, { ...rest, config: { ...config, ...silent, Labels } });
    }
  };
  await release('1', true);
  const deploy = (short: string, image: string, Labels: Readonly<Record<string, string>>) =>
    scene.run(short, {
      HostConfig: { RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } },
      Image: scene.reference(`${image}:latest`),
      Labels: { 'belfry.health.timeout': '4s', ...Labels },
    });
  const names = new Map<string, string>();
  for (const kind of kinds)
    names.set(kind, await deploy(kind, kind, { [`belfry.${checks[kind].label}`]: checks[kind].text }));
  const foreign = await deploy('foreign', 'http', { 'belfry.health.http': 'http://elsewhere.example/' });

  await release('2', false);
  const before = await Promise.all([...names.values(), foreign].map((name) => scene.inspect(name)));
  const refusal = /^the label belfry\.health\.http=http:\/\/elsewhere\.example\/ is not a port and path/;
  const look = await scene.belfry('check');
  const refused = look.item(foreign);
  assert.deepEqual([refused.by, refused.problem?.code], ['health-http', 'GATE_REFUSED'], look.stdout);
  assert.match(refused.problem?.message ?? '', refusal);

  const failed = await scene.belfry('update');
  for (const [kind, name] of names) {
    const { outcome, problem } = failed.item(name);
    assert.deepEqual([kind, outcome, problem?.code], [kind, 'rolled-back', 'UNHEALTHY'], failed.stdout);
    assert.match(problem?.message ?? '', checks[kind as keyof typeof checks].reason);
  }
  for (const details of before) await assertOriginal(scene, details);

  await release('3', true);
  const passed = await scene.belfry('update');
  for (const [kind, name] of names)
    assert.deepEqual([kind, passed.item(name).state], [kind, 'recreated'], passed.stdout);
  const { stdout } = await scene.start(['history', foreign]).done;
  assert.match(stdout, /GATE_REFUSED|elsewhere\.example/);
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../core/main.ts', import.meta.url));
const tsx = import.meta.resolve('tsx');
const home = await mkdtemp(join(tmpdir(), 'belfry-main-'));
after(() => rm(home, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the sources, far from any engine. */
function belfry(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const own = {
    PATH: process.env.PATH,
    HOME: home,
    DOCKER_HOST: 'unix:///nowhere/docker.sock',
    BELFRY_STATE_DIR: home,
  };
  const child = spawn(process.execPath, ['--import', tsx, program, ...args], { env: { ...own, ...env }, cwd: home });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, ...output }));
  });
}

describe('the program', { concurrency: 2 }, () => {
  test('prints its version', async () => {
    const { code, stdout } = await belfry(['version']);
    assert.equal(code, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  test('ends with 2 for what a user mistyped, with a code and a hint', async () => {
    const { code, stdout, stderr } = await belfry(['check', '--intervall', '5m']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^FLAG_UNKNOWN {2}There is no flag --intervall\. Did you mean --interval\?\n {2}\S/);
  });

  test('ends with 3 without an engine, and says so as JSON where that is wanted', async () => {
    const { code, stdout } = await belfry(['check', '--json']);
    assert.equal(code, 3);
    const { schema, problems } = JSON.parse(stdout) as { schema: number; problems: readonly { code: string }[] };
    assert.deepEqual([schema, problems[0]?.code], [1, 'ENGINE_UNREACHABLE']);
  });

  test('shows no secret in an error, also where a plugin throws it', async () => {
    const config = join(home, 'config.json');
    const gate =
      "export default { name: 'gate', apiVersion: 1, summary: 'x', config: any, setup: ({ config }) => { throw new Error(config.token); } };";
    const any = "const any = { '~standard': { version: 1, vendor: 'x', validate: (value) => ({ value }) } };";
    await writeFile(join(home, 'gate.mjs'), `${any}\n${gate}\n`);
    const plugins = [{ use: './gate.mjs', config: { token: '$' + '{env:TOKEN}' } }];
    await writeFile(config, JSON.stringify({ plugins }));
    const { code, stdout, stderr } = await belfry(['plugins', '--json', '--config', config], {
      TOKEN: 'hunter2-hunter2',
      BELFRY_LOG_LEVEL: 'debug',
    });
    assert.equal(code, 2, stderr);
    assert.match(stdout, /gate \(setup\) failed: •••/);
    assert.equal((stdout + stderr).includes('hunter2'), false);
  });

  test('shows what a configuration comes to without an engine, and none of the secrets that stand in it', async () => {
    const path = join(home, 'secrets.json');
    const from = { from: 'a@example.org', to: ['b@example.org'] };
    const plugins = [
      { use: 'slack', config: { url: 'https://hooks.slack.com/services/T0/B0/canary1' } },
      { use: 'email', config: { host: 'smtp.example.org', user: 'u', password: 'canary2', ...from } },
      { use: 'ntfy', config: { topic: 'canary3' } },
      {
        use: 'webhook',
        config: {
          url: 'https://example.org/canary4',
          headers: { authorization: 'canary5', 'x-tag': 'canary10' },
          fields: { chat: 'canary11' },
        },
      },
      { use: 'webhook', name: 'second', config: { url: 'https://example.org/', secret: ['whsec_canary66'] } },
      { use: 'dead-man', config: { start: 'https://example.org/canary7' } },
      { use: 'health-exec', config: { checks: [{ containers: ['web'], command: ['true'] }] } },
      { use: 'script', enabled: false, config: { token: 'canary8' } },
    ];
    const registries = { 'r.example': { username: 'u', password: 'canary9' } };
    await writeFile(path, JSON.stringify({ interval: 5400, registries, plugins }));
    for (const more of [[], ['--json']]) {
      const { code, stdout, stderr } = await belfry(['config', 'check', 'web', 'db', '--config', path, ...more]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /"interval": ?"1h30m"[\s\S]*smtp\.example\.org/);
      assert.doesNotMatch(stdout + stderr, /canary/);
      const printed = JSON.parse(stdout);
      const { names, plugins } = more.length === 0 ? printed : printed.settings;
      const { url, headers, fields } = plugins.find(({ use }: { use: string }) => use === 'webhook').config;
      assert.deepEqual([names, url, headers], [['web', 'db'], '•••', { authorization: '•••', 'x-tag': '•••' }]);
      assert.deepEqual(fields, { chat: '•••' });
      if (more.length === 0) assert.match(stderr, /^Read .*secrets\.json\.\nThe configuration is valid\.$/m);
    }
  });

  test('writes a configuration to the very file that it would read', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'belfry-main-'));
    t.after(() => rm(folder, { recursive: true }));
    const words = ['--import', tsx, program, 'config', 'check', '--interval', '5m'];
    const line = ['-c', 'exec "$0" "$@" > belfry.json', process.execPath, ...words];
    const child = spawn('sh', line, { cwd: folder, env: { PATH: process.env.PATH, HOME: folder } });
    assert.equal(await new Promise((resolve) => child.on('close', resolve)), 0);
    assert.equal(JSON.parse(await readFile(join(folder, 'belfry.json'), 'utf8')).interval, '5m');
  });

  test('refuses an address of the engine that is none without asking it', async () => {
    const { code, stdout, stderr } = await belfry(['config', 'check', '--host', 'ssh://nas']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^ENGINE_HOST_INVALID {2}"ssh:\/\/nas" is no engine address/);
  });

  test('survives a promise that a plugin forgot', async () => {
    const config = join(home, 'forgetful.json');
    const forget = "setup: () => { Promise.reject(new Error('forgotten')); return {}; }";
    await writeFile(
      join(home, 'forgetful.mjs'),
      `export default { name: 'x', apiVersion: 1, summary: 'x', ${forget} };\n`,
    );
    await writeFile(config, JSON.stringify({ plugins: [{ use: './forgetful.mjs' }] }));
    const { code, stderr } = await belfry(['plugins', '--config', config]);
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /error x \(setup\) left a promise that nobody waits for, and it failed: forgotten \(forgetful\.mjs:1\) plugin=x/,
    );
  });
});

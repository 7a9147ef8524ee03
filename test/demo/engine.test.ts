import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { openEngine } from '../../core/demo/engine.ts';
import { findProgram, isRoot } from '../../core/demo/programs.ts';
import { type Environment, openEnvironment } from '../kit/environment.ts';

const run = promisify(execFile);
const module = new URL('../../core/demo/engine.ts', import.meta.url);
const needsRoot = isRoot() && findProgram('dockerd') ? false : 'needs root and dockerd';

describe('the engine of the demo and the tests', () => {
  let environment: Environment;
  before(async () => {
    environment = await openEnvironment();
  });
  after(() => environment.close());

  test('is the one at DOCKER_HOST where it answers, and is not ours to stop', async () => {
    process.env.DOCKER_HOST = environment.engineHost;
    try {
      const engine = await openEngine({ log: assert.fail, allowInstall: false });
      assert.deepEqual([engine.private, engine.host], [false, environment.engineHost]);
      await engine.close();
      assert.equal(await environment.api('GET', '/version').then(() => 'answers'), 'answers');
    } finally {
      delete process.env.DOCKER_HOST;
    }
  });

  test('cannot be had by an ordinary user where none answers, and the error says what to install', {
    skip: needsRoot,
  }, async () => {
    const { stdout } = await script(`
      const { openEngine } = await import(${JSON.stringify(module.href)});
      process.setuid(65534);
      const error = await openEngine({ log: console.log, allowInstall: true }).catch((error) => error);
      console.log(error.code, error.hint);
    `);
    assert.match(stdout, /^DEMO_NEEDS_ENGINE Install Docker, .*docker\.io docker-registry/);
  });

  test('leaves the firewall, forwarding and interfaces of the machine as they were', { skip: needsRoot }, async () => {
    const { stdout } = await script(
      `
      import { execFileSync } from 'node:child_process';
      import { networkInterfaces } from 'node:os';
      import { readFileSync, writeFileSync } from 'node:fs';
      const { openPrivateEngine } = await import(${JSON.stringify(new URL('private-engine.ts', module).href)});
      writeFileSync('/proc/sys/net/ipv4/ip_forward', '0');
      execFileSync('iptables', ['-A', 'INPUT', '-p', 'tcp', '--dport', '9', '-j', 'DROP']);
      const state = () => ({
        rules: execFileSync('iptables-save', ['-t', 'filter'], { encoding: 'utf8' }).replaceAll(/^#.*\\n/gm, ''),
        bridge: readFileSync('/proc/net/dev', 'utf8').includes('docker0'),
        forwarding: readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8').trim(),
      });
      const before = state();
      const engine = await openPrivateEngine({ besideOthers: false });
      const during = state();
      await engine.close();
      console.log(JSON.stringify({ before, during, after: state() }));
    `,
      { apart: true },
    );
    const { before, during, after } = JSON.parse(stdout);
    assert.equal(during.bridge, true);
    assert.match(during.rules, /DOCKER/);
    assert.deepEqual(after, before);
  });
});

/** Runs a module in a process of its own, `apart` in a network namespace of its own. */
function script(source: string, { apart = false } = {}): Promise<{ stdout: string }> {
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '--eval', source];
  const [program = '', ...args] = apart ? ['unshare', '--net', ...node] : node;
  return run(program, args, { env: { ...process.env, DOCKER_HOST: 'unix:///nowhere/docker.sock' } });
}

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Finished } from '../../core/events.ts';
import { exampleEnv } from '../config/example-env.ts';
import { openScene } from './scene.ts';

test('config.example.json, with the files that it names, sets up every plugin it has and goes by them', async (t) => {
  const scene = await openScene(t);
  const folder = mkdtempSync('/tmp/belfry-example-');
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const example = readFileSync(new URL('../../config.example.json', import.meta.url), 'utf8');
  const config = `${folder}/config.json`;
  writeFileSync(config, example.replaceAll('/etc/belfry', folder));
  const { publicKey } = generateKeyPairSync('ed25519');
  writeFileSync(`${folder}/acme.pub`, publicKey.export({ type: 'spki', format: 'pem' }));
  const name = await scene.deploy('web');
  await scene.release('web', '2');
  const run = (...args: readonly string[]) => scene.start([...args, '--config', config, '--json'], exampleEnv).done;

  const plugins = await run('plugins');
  assert.equal(plugins.code, 0, plugins.stdout);
  const { plugins: inForce } = plugins.json<{ readonly plugins: readonly { readonly use: string }[] }>();
  const entries = (JSON.parse(example) as { plugins: readonly { use: string; enabled?: boolean }[] }).plugins;
  for (const { use, enabled } of entries) {
    assert.equal(
      inForce.some((one) => one.use === use),
      enabled !== false,
      use,
    );
  }
  const check = await run('check');
  assert.equal(check.code, 0, check.stderr);
  const { report } = check.json<{ readonly report: Finished }>();
  const item = report.items.find(({ workload }) => workload.name === name);
  // Which of the two depends on the hour.
  assert.deepEqual([item?.state, item?.problem?.code], ['available', 'GATE_REFUSED'], check.stderr);
  assert.match(item?.by ?? '', /^(?:maintenance-window|cooldown)$/);
  assert.ok(item?.until, 'it says until when');
});

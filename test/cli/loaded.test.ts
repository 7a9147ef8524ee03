import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { openCannedEngine } from '../../bench/canned-engine.ts';
import { loadedFiles, program } from '../../bench/measure.ts';

test('a watch with default settings loads no package that only some configurations need', async (t) => {
  const home = mkdtempSync('/tmp/belfry-test-');
  const engine = await openCannedEngine({ info: { ID: 'engine' }, containers: [], images: [] });
  t.after(async () => {
    await engine.close();
    rmSync(home, { recursive: true });
  });
  const env = { HOME: home, DOCKER_HOST: engine.host, BELFRY_STATE_DIR: home };
  const files = await loadedFiles([program, 'watch'], env, /next run/);
  const folder = new URL('../../dist/', import.meta.url);
  const sources = files.map(({ name }) => readFileSync(new URL(name, folder), 'utf8')).join('\n');
  // esbuild heads each file of a package with its path.
  assert.match(sources, /node_modules\/dockerode\//);
  for (const name of [
    'zod',
    'yaml',
    'croner',
    'semver',
    'mustache',
    'https-proxy-agent',
    'readable-stream',
    'tar-fs',
  ]) {
    assert.ok(!sources.includes(`// node_modules/${name}/`), `${name} is loaded`);
  }
});

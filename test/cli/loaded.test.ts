import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCannedEngine } from '../../bench/canned-engine.ts';
import { loadedFiles, program } from '../../bench/measure.ts';
import { foreignFolder } from '../foreign-plugins.ts';
import { runBelfry } from '../kit/belfry.ts';

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
  assert.ok(!sources.includes('// core/preview/'), 'what only a preview needs is loaded');
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

test('plugins that Node alone can load bring no loader for TypeScript with them', async (t) => {
  const folder = await foreignFolder({ after: (work) => t.after(work) });
  const coverage = join(folder, 'coverage');
  const loaded = async (...uses: readonly string[]) => {
    const config = join(folder, 'loaded.json');
    writeFileSync(config, JSON.stringify({ plugins: uses.map((use) => ({ use })) }));
    const options = { dockerHost: 'unix:///nowhere/docker.sock', env: { NODE_V8_COVERAGE: coverage } };
    const { code, stderr } = await runBelfry(['plugins', '--config', config], options);
    assert.equal(code, 0, stderr);
    const reports = readdirSync(coverage).map((name) => readFileSync(join(coverage, name), 'utf8'));
    rmSync(coverage, { recursive: true });
    return reports.join('\n');
  };
  assert.doesNotMatch(
    await loaded('./plain.mjs', './plain-js.js', './common.cjs', '@acme/pager', 'old-style'),
    /\/tsx\//,
  );
  assert.match(await loaded('./typed.mts'), /\/tsx\//);
});

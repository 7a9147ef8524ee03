// Bundles Belfry into dist/: one entry for the program, one for each public module, one for each built-in plugin.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const esbuild = await import('esbuild').catch(() => undefined);
if (esbuild === undefined) {
  if (!process.argv.includes('--if-possible')) throw new Error('esbuild is not installed: run npm ci');
  process.exit(0); // npm ci --omit=dev: the published package already holds dist/
}

// Built aside, so that what runs from dist/ meanwhile finds all of one build or all of the next.
const fresh = `dist-${process.pid}`;
const plugins = readdirSync(`${root}plugins`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(`${root}plugins/${entry.name}/index.ts`))
  .map((entry) => [`plugins/${entry.name}`, `${root}plugins/${entry.name}/index.ts`]);

await esbuild.build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries([
    ['belfry', 'core/main.ts'],
    ['plugin', 'core/plugin.ts'],
    ['notifier', 'core/notifier/index.ts'],
    ['testing', 'test/kit/index.ts'],
    ['resolve-hook', 'core/resolve-hook.ts'],
    // Part of belfry/plugin, and apart from the rest of it: plugins that take nothing from them do not load zod.
    ['fields', 'core/config/fields.ts'],
    ['probe-fields', 'core/health/terms.ts'],
    ['test-loader', 'core/test-loader.ts'],
    ...plugins,
  ]),
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: ['tsx', 'tsx/*'],
  // dockerode reaches these only for ssh:// hosts, BuildKit sessions and image builds, none of which Belfry offers.
  alias: {
    ssh2: './scripts/absent.js',
    '@grpc/grpc-js': './scripts/absent.js',
    '@grpc/proto-loader': './scripts/absent.js',
    protobufjs: './scripts/absent.js',
    'tar-fs': './scripts/absent.js',
    '@balena/dockerignore': './scripts/absent.js',
    'readable-stream': 'node:stream', // the same, from before Node had it
  },
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  define: { 'process.env.BELFRY_BUNDLED': '"1"' },
  legalComments: 'none',
  logLevel: 'warning',
});
// esbuild has each entry load every chunk that it might reach, also where it takes nothing from it: each built-in
// plugin would load zod, because `belfry/plugin` offers it. No module of ours does anything by merely being loaded.
for (const file of readdirSync(root + fresh, { recursive: true }).filter((name) => name.endsWith('.js'))) {
  const text = readFileSync(`${root}${fresh}/${file}`, 'utf8');
  const needed = text.replace(/\bimport ?"[./]+\/chunk-\w+\.js";\n?/g, '');
  if (needed !== text) writeFileSync(`${root}${fresh}/${file}`, needed);
}

if (!process.argv.includes('--no-types')) {
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', `${fresh}/types`];
  execFileSync(process.execPath, tsc, { cwd: root, stdio: 'inherit' });
}

rmSync(`${root}dist`, { recursive: true, force: true });
renameSync(root + fresh, `${root}dist`);

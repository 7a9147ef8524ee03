// Everything a change must pass, in the order of the quickest answer; arguments narrow the list of test files.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const steps = [
  { name: 'Types', args: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'] },
  { name: 'Style', args: ['node_modules/@biomejs/biome/bin/biome', 'ci'] },
  { name: 'Unused code', args: ['node_modules/knip/bin/knip.js'] },
  { name: 'Build', args: ['scripts/build.js'] },
  { name: 'Tests', args: ['--import', 'tsx', 'test/run.ts', ...process.argv.slice(2)] },
];

// Ctrl-C reaches the step itself, which then cleans up; this script only waits for it.
process.on('SIGINT', () => {});

for (const { name, args } of steps) {
  console.log(`── ${name}`);
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 130);
}

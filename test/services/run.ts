// Runs the tests with a real mail server and a real browser: `run.ts [PATH…]`, where paths narrow the list.
import { spawnSync } from 'node:child_process';
import { testFiles } from '../suite.ts';
import { installServices } from './install.ts';

await installServices();
const words = process.argv.slice(2);
const files = testFiles(words.length === 0 ? ['test/services/'] : words);
// Ctrl-C reaches the tests themselves, which then clean up.
process.on('SIGINT', () => {});
const { status } = spawnSync(process.execPath, ['--import', 'tsx', 'test/run-files.ts', ...files], {
  stdio: 'inherit',
});
process.exitCode = status ?? 130;

import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { AppError } from '../errors/app-error.ts';
import { bundled } from '../paths.ts';
import { type CommandRun, exitCodes } from './session.ts';

/** Runs tests of plugins with Node's own runner, wherever they lie: `belfry/testing` is that of this Belfry. */
export const testPlugins: CommandRun = async ({ args }) => {
  const { positionals } = args;
  const files =
    positionals.length > 0 ? positionals : readdirSync('.').filter((name) => /\.test\.[mc]?[jt]s$/.test(name));
  if (files.length === 0)
    throw new AppError('ARGUMENT_MISSING', 'There is no test here; a test’s name ends in .test.mts.');
  const loader = new URL(bundled ? './test-loader.js' : '../test-loader.ts', import.meta.url).href;
  // Sources need a loader themselves before they can register one.
  const imports = bundled ? [loader] : [import.meta.resolve('tsx'), loader];
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const given = [...imports.flatMap((url) => ['--import', url]), '--test', ...files];
  const child = spawn(process.execPath, given, { env, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code === 0 ? exitCodes.fine : exitCodes.failed));
  });
};

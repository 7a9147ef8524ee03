import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { didYouMean } from '../config/nearest.ts';
import { AppError, AppErrors } from '../errors/app-error.ts';
import { bundled } from '../paths.ts';
import { type CommandRun, exitCodes } from './session.ts';

/** Runs tests of plugins with Node's own runner, wherever they lie: `belfry/testing` is that of this Belfry. */
export const testPlugins: CommandRun = async ({ args }) => {
  const loader = new URL(bundled ? './test-loader.js' : '../test-loader.ts', import.meta.url).href;
  // Sources need a loader themselves before they can register one.
  const imports = bundled ? [loader] : [import.meta.resolve('tsx'), loader];
  const reporters = [
    ['stdout', process.stdout.isTTY ? 'spec' : 'tap'],
    ['stderr', loader],
  ] as const;
  const given = [
    ...imports.flatMap((url) => ['--import', url]),
    ...reporters.flatMap(([to, name]) => [`--test-reporter=${name}`, `--test-reporter-destination=${to}`]),
    ...['--test', ...testFiles(args.positionals)],
  ];
  const { code, untested } = await run(given);
  if (code !== 0) return exitCodes.failed;
  if (untested.length === 0) return exitCodes.fine;
  throw new AppErrors(untested.map((file) => missing(`${relative('', file)} has no test in it.`)));
};

/** The files that are named, and those in the folders that are. Throws where one of them is or has no test. */
function testFiles(given: readonly string[]): readonly string[] {
  const problems: AppError[] = [];
  const files = (given.length === 0 ? ['.'] : given).flatMap((path) => {
    const kind = statSync(path, { throwIfNoEntry: false });
    if (kind?.isDirectory() === false) return path;
    const tests = entries(path).filter((name) => /\.test\.[mc]?[jt]s$/.test(name));
    const near = didYouMean(basename(path), entries(dirname(path)));
    if (kind === undefined) problems.push(missing(`${path} does not exist.${near}`));
    else if (tests.length === 0) problems.push(missing(`There is no test in ${path === '.' ? 'this folder' : path}.`));
    return tests.map((name) => join(path, name));
  });
  if (problems.length > 0) throw new AppErrors(problems);
  return files;
}

const missing = (message: string) => new AppError('PLUGIN_TEST_MISSING', message);

function entries(folder: string): readonly string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder).sort() : [];
}

interface Ran {
  readonly code: number | null;
  /** The files that had no test in them. */
  readonly untested: readonly string[];
}

function run(args: readonly string[]): Promise<Ran> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, args, { env, stdio: ['inherit', 'inherit', 'inherit', 'pipe'] });
  let told = '';
  child.stdio[3]?.on('data', (part: Buffer) => {
    told += part;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, untested: told.split('\n').filter((line) => line !== '') }));
  });
}

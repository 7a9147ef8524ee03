import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { didYouMean } from '../config/nearest.ts';
import { AppError, messageOf, type Problem } from '../errors/app-error.ts';
import { publicModules } from '../paths.ts';
import { foreignPlace } from './place.ts';

/** A plugin that could not be imported. */
export interface LoadFailure {
  readonly who: string;
  /** Undefined where it is a package or built in. */
  readonly file: string | undefined;
  /** The problem as any call of foreign code would have it. */
  readonly problem: Problem;
  readonly cause: unknown;
}

/** The problem behind what a loader threw: a missing import and a syntax error say what and where. */
export async function loadFailure(failure: LoadFailure): Promise<AppError> {
  const { problem, cause } = failure;
  if (cause instanceof AppError) return new AppError(cause.code, problem.message, { cause, hint: problem.hint });
  const known =
    (await missingExport(failure)) ?? missingModule(failure) ?? notOffered(failure) ?? (await syntaxError(failure));
  const [message = ''] = problem.message.split('\n');
  return known ?? new AppError('PLUGIN_LOAD_FAILED', message, { cause });
}

async function missingExport({ who, cause }: LoadFailure): Promise<AppError | undefined> {
  const pattern = /^The requested module '(.+)' does not provide an export named '(.+)'$/;
  const [, module = '', name = ''] = pattern.exec(messageOf(cause)) ?? [];
  if (module === '') return undefined;
  const own = publicModules()[module];
  const known = own === undefined ? [] : Object.keys((await import(own)) as object);
  const message = `${who} imports ${name} from ${module}, which has no such export.${didYouMean(name, known)}`;
  return new AppError('PLUGIN_IMPORT_MISSING', message, { cause });
}

function missingModule({ who, file, cause }: LoadFailure): AppError | undefined {
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  const pattern = /Cannot find (?:package|module) '([^']+)'(?: imported from ([^\n]+))?/;
  const [, what = '', given] = pattern.exec(messageOf(cause)) ?? [];
  if (what === '' || (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND')) return undefined;
  const stack = /Require stack:\n- ([^\n?]+)/.exec(messageOf(cause))?.[1];
  const importer = given === undefined ? (stack ?? file) : pathOf(given);
  const folder = dirname(importer ?? '');
  const inside = importer === undefined || importer === file ? '' : ` in ${importer}`;
  const tell = (rest: string) => new AppError('PLUGIN_IMPORT_MISSING', `${who} imports ${rest}`, { cause });
  // The loader hooks, by which Belfry lends its modules, hear of no `require`.
  const isRequire = given === undefined && Object.hasOwn(publicModules(), what);
  if (isRequire) return tell(`${what} with \`require\`. Write \`import\`, in a file that ends in .mjs`);
  if (isOwn(what)) return tell(notOurs(what));
  const path = pathOf(what);
  if (!path.startsWith('/') && !path.startsWith('.')) {
    return tell(`the package ${path}${inside}, and it is not installed. Run \`npm install ${path}\` in ${folder}`);
  }
  const near = didYouMean(basename(path), entries(dirname(path)));
  return tell(`the file ${path}${inside}, and it does not exist.${near}`);
}

/** What Node itself, or a package that is there, does not have. */
function notOffered({ who, cause }: LoadFailure): AppError | undefined {
  const said = messageOf(cause);
  const tell = (rest: string) => new AppError('PLUGIN_IMPORT_MISSING', `${who} imports ${rest}`, { cause });
  const [, builtIn] = /^No such built-in module: (\S+)/.exec(said) ?? [];
  if (builtIn !== undefined) {
    const near = didYouMean(
      builtIn,
      builtinModules.map((name) => `node:${name}`),
    );
    return tell(`${builtIn}, which Node does not have.${near}`);
  }
  const closed = /^(?:No "exports" main|Package subpath '\.(\/[^']+)' is not) defined .*?in (.+)[/\\]package\.json/;
  const [, subpath = '', folder] = closed.exec(said) ?? [];
  if (folder === undefined) return undefined;
  const name = folder.replaceAll('\\', '/').split('/node_modules/').at(-1) ?? folder;
  const what = name + subpath;
  if (isOwn(what)) return tell(notOurs(what));
  if (who !== `plugin "${what}"`) return tell(`${what}, which the package ${name} does not offer`);
  const message = `there is no ${who}: the package ${name} is installed, and does not offer that`;
  return new AppError('PLUGIN_NOT_FOUND', message, { cause });
}

const isOwn = (what: string) => /^belfry(\/|$)/.test(what);

function notOurs(what: string): string {
  const names = Object.keys(publicModules());
  const there = didYouMean(what, names) || ` There are ${names.join(', ')}`;
  // Where no package belfry is installed, Node does not say what was wanted of it.
  return `${what === 'belfry' ? 'from belfry what' : `${what}, which`} does not exist.${there}`;
}

async function syntaxError({ who, file, cause }: LoadFailure): Promise<AppError | undefined> {
  const { name, stack = '' } = (cause ?? {}) as { readonly name?: unknown; readonly stack?: string };
  const tell = (what: string, place: string) =>
    new AppError('PLUGIN_SYNTAX', `${who} cannot be read: ${what} (${place})`, { cause });
  // esbuild, by way of tsx, takes a .mts file for a .ts one.
  const [, built, line, column, said = ''] = /^(\/.+):(\d+):(\d+): ERROR: (.+)$/m.exec(messageOf(cause)) ?? [];
  if (built !== undefined) return tell(said, `${existing(built)}, line ${line}, column ${column}`);
  if (name !== 'SyntaxError') return undefined;
  const [, at, number] = /^(?:file:\/\/)?(\/[^\n]+?)(?:\?[^:\n]*)?:(\d+)\n/.exec(stack) ?? [];
  if (at !== undefined) return tell(messageOf(cause), `${at}, line ${number}`);
  // What its code threw while it ran has a place of its own.
  if (file === undefined || foreignPlace(stack) !== undefined) return undefined;
  const found = await brokenLine(file);
  return tell(messageOf(cause), found === undefined ? `${file}, or a file that it imports` : `${file}, line ${found}`);
}

/** Node tells the line of a syntax error in an ES module only to those who run it. */
async function brokenLine(file: string): Promise<string | undefined> {
  const text = await readFile(file);
  const check = spawn(process.execPath, ['--input-type=module', '--check', '-'], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: {},
    timeout: 10_000,
  });
  let told = '';
  check.stderr.setEncoding('utf8').on('data', (part: string) => {
    told += part;
  });
  check.stdin.on('error', () => {}); // It may end before it has read all.
  check.stdin.end(text);
  await new Promise((resolve) => check.on('close', resolve).on('error', resolve));
  return /^\[stdin\]:(\d+)$/m.exec(told)?.[1];
}

function existing(path: string): string {
  const typed = path.replace(/\.ts$/, '.mts');
  return !existsSync(path) && existsSync(typed) ? typed : path;
}

function pathOf(text: string): string {
  const [plain = ''] = text.split('?');
  return plain.startsWith('file:') ? fileURLToPath(plain) : plain;
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

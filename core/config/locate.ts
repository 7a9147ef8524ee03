import { fstatSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { AppError, hasCode } from '../errors/app-error.ts';

/** Names that are Belfry's alone; then names that other tools use too, taken only with Belfry's `$schema`. */
const ownNames = ['belfry.json', 'belfry.yaml', 'belfry.yml'];
const sharedNames = ['config.json', 'config.yaml', 'config.yml'];
const systemFolder = '/etc/belfry';
const namesSchema = /["']?\$schema["']?\s*:\s*["']?[^"'\s]*config\.schema\.json/;

/** A file's absolute path and its text. */
export interface Found {
  readonly path: string;
  readonly text: string;
}

/** The file at `path`; without one the first in the usual places, if any. Throws CONFIG_UNREADABLE. */
export async function locateFile(path: string | undefined, cwd: string): Promise<Located> {
  if (path !== undefined) return { found: await open(resolve(cwd, path)), warnings: [] };
  const own = await firstOf(ownNames.map((name) => resolve(cwd, name)));
  if (own !== undefined) return { found: own, warnings: [] };
  const shared = await firstOf(sharedNames.map((name) => resolve(cwd, name))).catch(() => undefined);
  if (shared !== undefined && namesSchema.test(shared.text)) return { found: shared, warnings: [] };
  const warnings = shared === undefined ? [] : [notOurs(basename(shared.path))];
  return { found: await firstOf(sharedNames.map((name) => resolve(systemFolder, name))), warnings };
}

interface Located {
  readonly found: Found | undefined;
  readonly warnings: readonly string[];
}

function notOurs(name: string): string {
  return `./${name} is not read: its $schema does not name config.schema.json, so it may be another tool’s. Give --config ${name} if it is Belfry’s.`;
}

async function firstOf(paths: readonly string[]): Promise<Found | undefined> {
  for (const path of paths) {
    const found = await openIfThere(path);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function openIfThere(path: string): Promise<Found | undefined> {
  const opened = open(path).then((found) => (found.text === '' && isOutput(path) ? undefined : found));
  return opened.catch((error: unknown) => {
    if (hasCode(error, 'CONFIG_UNREADABLE') && isAbsent(error.cause)) return undefined;
    throw error;
  });
}

/** After `belfry config check > belfry.json`: the shell makes the file, empty, before anybody can read it. */
function isOutput(path: string): boolean {
  try {
    const [output, file] = [fstatSync(1), statSync(path)];
    return output.isFile() && output.ino === file.ino && output.dev === file.dev;
  } catch {
    return false; // Without an output there is none to be taken for.
  }
}

function isAbsent(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR');
}

async function open(path: string): Promise<Found> {
  try {
    return { path, text: (await readFile(path, 'utf8')).replace(/^\uFEFF/, '') };
  } catch (cause) {
    const why = isAbsent(cause)
      ? 'does not exist'
      : `cannot be read (${cause instanceof Error ? cause.message : cause})`;
    throw new AppError('CONFIG_UNREADABLE', `${path} ${why}.`, { cause });
  }
}

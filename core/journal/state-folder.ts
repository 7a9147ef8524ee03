import { createHash, randomBytes } from 'node:crypto';
import { access, chmod, constants, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { AppError } from '../errors/app-error.ts';

export interface StateFolderOptions {
  /** From --state or BELFRY_STATE_DIR: used or refused, never replaced by another place. */
  readonly explicit?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly engineId: string;
  readonly scope: string | null;
  /** The place for a Belfry that runs as a service; `/var/lib/belfry` unless a test says otherwise. */
  readonly system?: string;
}

/** Where the state of one engine and scope is kept, or why there is no such place. */
export type StateFolder =
  | { readonly path: string; readonly problem?: undefined }
  | { readonly path?: undefined; readonly problem: AppError };

/** The folder of this engine and scope (mode 0700), made where it is missing. Never throws. */
export async function openStateFolder(options: StateFolderOptions): Promise<StateFolder> {
  const refusals: string[] = [];
  for (const root of roots(options)) {
    const path = join(root, folderName(options));
    const length = Buffer.byteLength(join(path, 'belfry.sock'));
    if (length > longestSocketPath) {
      return { problem: new AppError('STATE_PATH_TOO_LONG', `${path} leaves no room for a socket's name`) };
    }
    try {
      await prepare(path, options);
      return { path };
    } catch (error) {
      refusals.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { problem: new AppError('STATE_UNWRITABLE', `no state folder can be written (${refusals.join('; ')})`) };
}

/** The folder that `openStateFolder` has made before, for commands that only read; creates nothing. */
export async function findStateFolder(options: StateFolderOptions): Promise<string | undefined> {
  for (const root of roots(options)) {
    const path = join(root, folderName(options));
    const readable = await access(path, constants.R_OK | constants.X_OK).then(
      () => true,
      () => false,
    );
    if (readable) return path;
  }
  return undefined;
}

/** The other scopes of this engine that have a journal where this one's would be; null is no scope. */
export async function otherScopes(options: StateFolderOptions): Promise<readonly (string | null)[]> {
  const own = folderName(options);
  const engine = folderName({ ...options, scope: null });
  const found = new Set<string | null>();
  for (const root of roots(options)) {
    const names = await readdir(root).catch(() => []);
    for (const name of names) {
      if (name === own || !(name === engine || name.startsWith(`${engine}-`))) continue;
      const scope = await scopeOf(join(root, name), options.engineId);
      if (scope !== undefined) found.add(scope);
    }
  }
  return [...found];
}

/** Undefined for another engine's folder, and where nothing has been written down. */
async function scopeOf(folder: string, engineId: string): Promise<string | null | undefined> {
  try {
    const { size } = await stat(join(folder, 'journal.jsonl'));
    const said = JSON.parse(await readFile(join(folder, 'engine.json'), 'utf8')) as {
      engineId: string;
      scope: unknown;
    };
    if (size === 0 || said.engineId !== engineId) return undefined;
    return typeof said.scope === 'string' ? said.scope : null;
  } catch {
    return undefined;
  }
}

// The address of a Unix socket holds 104 bytes on the narrowest system, one of them for the end.
const longestSocketPath = 103;

function roots({ explicit, env, system = '/var/lib/belfry' }: StateFolderOptions): readonly string[] {
  if (explicit !== undefined) return [explicit];
  const stateHome = env.XDG_STATE_HOME;
  const home = stateHome !== undefined && isAbsolute(stateHome) ? stateHome : join(homeOf(env), '.local', 'state');
  return [system, join(home, 'belfry')];
}

const homeOf = (env: StateFolderOptions['env']) => (env.HOME === undefined || env.HOME === '' ? homedir() : env.HOME);

/** `NQ4DK5V7RZ2M-blue`: the engine's id shortened, and the scope where there is one. */
function folderName({ engineId, scope }: StateFolderOptions): string {
  const engine = engineId.replace(/[^a-z0-9]/gi, '').slice(0, 12) || 'engine';
  return scope === null ? engine : `${engine}-${scopeName(scope)}`;
}

/** Scopes are free text: an odd one is told from its like by a hash. */
function scopeName(scope: string): string {
  if (/^[a-z0-9_-]{1,32}$/.test(scope)) return scope;
  const hash = createHash('sha256').update(scope).digest('hex').slice(0, 8);
  return `${scope.replace(/[^a-z0-9_-]/gi, '').slice(0, 16)}-${hash}`;
}

async function prepare(path: string, { engineId, scope }: StateFolderOptions): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await access(path, constants.W_OK | constants.X_OK);
  await chmod(path, 0o700);
  const file = join(path, 'engine.json');
  const wanted = `${JSON.stringify({ schema: 1, engineId, scope })}\n`;
  if ((await readFile(file, 'utf8').catch(() => undefined)) === wanted) return;
  // By a name of its own: others may come for the first time just now.
  const fresh = `${file}.${randomBytes(5).toString('hex')}`;
  await writeFile(fresh, wanted, { mode: 0o600 });
  await rename(fresh, file);
}

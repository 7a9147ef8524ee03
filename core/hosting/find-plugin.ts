import { readdirSync, statSync } from 'node:fs';
import { dirname, extname, parse } from 'node:path';
import { didYouMean } from '../config/nearest.ts';
import { AppError } from '../errors/app-error.ts';
import { builtInNames } from '../paths.ts';

const kinds: readonly string[] = ['.mts', '.ts', '.mjs', '.js', '.cts', '.cjs'];

/** That a plugin's path leads to a file that can be one. Throws what is wrong with it. */
export function checkFile(use: string, file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) {
    // Its name is compared, and told with the path as it was written.
    const { base } = parse(file);
    const near = didYouMean(base, pluginFiles(dirname(file)));
    throw new AppError('PLUGIN_NOT_FOUND', `there is no plugin "${use}": ${file} does not exist.${near}`);
  }
  if (found.isDirectory()) {
    const [first] = pluginFiles(file);
    const such = first === undefined ? '' : `, such as ${use.replace(/\/+$/, '')}/${first}`;
    throw new AppError('PLUGIN_FILE_UNSUPPORTED', `plugin "${use}" is a folder. Name the file in it${such}`);
  }
  if (kinds.includes(extname(file))) return;
  throw new AppError('PLUGIN_FILE_UNSUPPORTED', `plugin "${use}" does not end in ${kinds.slice(0, 4).join(', ')}`);
}

/** For a name that is neither built in nor a package's. */
export function notFound(use: string, folder: string): AppError {
  const files = pluginFiles(folder);
  const here = files.find((name) => name === use || parse(name).name === use);
  if (here !== undefined) {
    const meant = `a file beside the configuration is named with its path. Did you mean ./${here}?`;
    return new AppError('PLUGIN_NOT_FOUND', `there is no plugin "${use}": ${meant}`);
  }
  const nowhere = `it is neither built in nor a package that is installed in ${folder}`;
  return new AppError('PLUGIN_NOT_FOUND', `there is no plugin "${use}": ${nowhere}.${didYouMean(use, builtInNames())}`);
}

/** Whether it is the plugin itself that is missing, and not something that it imports. */
export function isAbsent(use: string, error: unknown): boolean {
  const { code, message = '' } = (error ?? {}) as { readonly code?: unknown; readonly message?: string };
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  return missing && /package '([^']+)'/.exec(message)?.[1] === packageOf(use);
}

/** `@acme/pager` for `@acme/pager/gate`. */
function packageOf(use: string): string {
  return use
    .split('/')
    .slice(0, use.startsWith('@') ? 2 : 1)
    .join('/');
}

function pluginFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => kinds.includes(extname(name)) && !name.endsWith('.d.ts'));
  } catch {
    return [];
  }
}

import { createRequire as requireFrom } from 'node:module';

/** A file, or a package as it is seen from the file `from`. */
export type Import = { readonly url: string; readonly from: string } | { readonly use: string; readonly from: string };

/** What the resolve hook takes for a package to be looked up from elsewhere. */
const packageScheme = 'belfry-plugin:';

/** Imports it with Node alone where that goes, and else with tsx, which takes TypeScript and costs 16–30 MB. */
export async function importing(what: Import): Promise<unknown> {
  const named = 'url' in what ? what.url : what.use;
  if ('url' in what && /\.[mc]?ts(\?.*)?$/.test(what.url)) return withTsx(named, what.from);
  const plain = 'url' in what ? what.url : packageScheme + encodeURIComponent(JSON.stringify(what));
  try {
    return await import(plain);
  } catch (error) {
    if (!forTsx.includes((error as { readonly code?: unknown } | null)?.code)) throw error;
    return withTsx(named, what.from);
  }
}

/** What Node says of TypeScript, and of imports that only tools for it understand. */
const forTsx: readonly unknown[] = [
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
];

async function withTsx(what: string, from: string): Promise<unknown> {
  const { tsImport } = await import('tsx/esm/api');
  return tsImport(what, from);
}

/** An address under which a module is loaded again; the resolve hook hands it on to the files it imports. */
export function versioned(url: string, version: number): string {
  return version === 0 ? url : `${url}?belfry=${version}`;
}

/** A CommonJS file goes by its path alone. */
export function forgetCommonJs(file: string): void {
  delete requireFrom(import.meta.url).cache[file];
}

/** For the resolve hook: what such an address stands for; undefined for any other. */
export function packageIn(specifier: string): { readonly use: string; readonly from: string } | undefined {
  if (!specifier.startsWith(packageScheme)) return undefined;
  return JSON.parse(decodeURIComponent(specifier.slice(packageScheme.length))) as { use: string; from: string };
}

/** For the resolve hook: the file a plugin's own file imports, under the version of that. */
export function inherited(url: string, parent: string | undefined): string {
  const version = /[?&]belfry=(\d+)/.exec(parent ?? '')?.[1];
  const isOwn = url.startsWith('file:') && !url.includes('/node_modules/') && !url.includes('?');
  return version === undefined || !isOwn ? url : `${url}?belfry=${version}`;
}

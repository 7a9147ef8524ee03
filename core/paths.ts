import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** True in the bundle under dist/, false where the sources run. */
export const bundled = process.env.BELFRY_BUNDLED === '1';

/** The package's own folder; in the bundle every chunk lies directly in dist/. */
export const packageRoot = new URL('..', import.meta.url);

/** The module of a built-in plugin; undefined where there is none by that name. */
export function builtInPlugin(name: string): URL | undefined {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) return undefined;
  const url = new URL(bundled ? `dist/plugins/${name}.js` : `plugins/${name}/index.ts`, packageRoot);
  return existsSync(url) ? url : undefined;
}

/** The names of all built-in plugins, sorted. */
export function builtInNames(): readonly string[] {
  const folder = fileURLToPath(new URL(bundled ? 'dist/plugins/' : 'plugins/', packageRoot));
  const names = readdirSync(folder).map((entry) => entry.replace(/\.js$/, ''));
  return names.filter((name) => builtInPlugin(name) !== undefined).sort();
}

/** Where `belfry/plugin` and its siblings lie in the running Belfry. */
export function publicModules(): Readonly<Record<string, string>> {
  const at = (built: string, source: string) => new URL(bundled ? built : source, packageRoot).href;
  return {
    'belfry/plugin': at('dist/plugin.js', 'core/plugin.ts'),
    'belfry/notifier': at('dist/notifier.js', 'core/notifier/index.ts'),
    'belfry/testing': at('dist/testing.js', 'test/kit/index.ts'),
  };
}

export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8')) as { version: string };
  return version;
}

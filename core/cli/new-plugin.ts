import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../errors/app-error.ts';
import { packageRoot, packageVersion } from '../paths.ts';
import type { PluginKind } from './commands.ts';

/** What a new plugin begins as, each with a configuration that its template takes. */
const kinds = {
  gate: { from: 1, to: 5 },
  health: { port: 8080, path: '/' },
  hook: { argv: ['true'] },
  notifier: { url: 'https://example.org/hook' },
  cleanup: { megabytes: 500 },
} as const satisfies Record<PluginKind, object>;

export interface NewPlugin {
  readonly name: string;
  readonly kind: PluginKind;
  /** One file beside the configuration, a package to publish, or a plugin of Belfry's own. */
  readonly form: 'file' | 'package' | 'built-in';
}

/** The texts of a new plugin's files, with its test, by their paths; and the entry that puts it in force. */
export function newPlugin({ name: given, kind, form }: NewPlugin): Made {
  const name = form === 'package' ? given.replace(/^belfry-plugin-/, '') : given;
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    const message = `"${given}" is no name for a plugin: use small letters, digits and dashes, as in quiet-hours.`;
    throw new AppError('ARGUMENT_UNEXPECTED', message);
  }
  const config = kinds[kind];
  const source = template(`${kind}.ts`).replace("'my-plugin'", `'${name}'`);
  const summary = /summary: '(.*)'/.exec(source)?.[1] ?? '';
  const fill = (path: string) =>
    template(path)
      .replaceAll('my-plugin', name)
      .replaceAll('SUMMARY', summary)
      .replaceAll('CONFIG', spaced(config))
      .replaceAll('VERSION', packageVersion());
  const test = (plugin: string) => template(`${kind}.test.ts`).replace(`'./${kind}.ts'`, `'${plugin}'`);
  switch (form) {
    case 'file':
      return {
        files: { [`${name}.mts`]: source, [`${name}.test.mts`]: test(`./${name}.mts`) },
        use: { use: `./${name}.mts`, config },
      };
    case 'package': {
      const folder = `belfry-plugin-${name}`;
      const files = {
        'index.mts': source,
        'index.test.mts': test('./index.mts'),
        'README.md': fill('package/README.md'),
        'package.json': fill('package/package.json'),
        'tsconfig.json': fill('package/tsconfig.json'),
      };
      const placed = Object.entries(files).map(([path, text]) => [join(folder, path), text]);
      return { files: Object.fromEntries(placed), use: { use: folder, config } };
    }
    case 'built-in': {
      const files = {
        [`plugins/${name}/index.ts`]: source,
        [`plugins/${name}/README.md`]: fill('README.md'),
        [`test/plugins/${name}.test.ts`]: test(`../../plugins/${name}/index.ts`),
      };
      return { files, use: { use: name, config } };
    }
  }
}

export interface Made {
  readonly files: Readonly<Record<string, string>>;
  readonly use: { readonly use: string; readonly config: object };
}

/** Writes files into a folder, all or none: throws PLUGIN_EXISTS where one of them is there already. */
export function writeNew(folder: string, files: Made['files']): void {
  const there = Object.keys(files).filter((path) => existsSync(join(folder, path)));
  if (there.length > 0) throw new AppError('PLUGIN_EXISTS', `already there: ${there.join(', ')}`);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { flag: 'wx' });
  }
}

/** JSON on one line, as people write it. */
export function spaced(value: object): string {
  return JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ').replaceAll('[ ', '[').replaceAll(' ]', ']');
}

function template(path: string): string {
  return readFileSync(new URL(`plugins/_template/${path}`, packageRoot), 'utf8');
}

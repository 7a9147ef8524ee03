import { basename, dirname, extname, resolve } from 'node:path';
import { AppError } from '../errors/app-error.ts';
import type { Environment } from './environment.ts';
import { followEntry } from './follow-file.ts';
import { type Given, readGiven } from './given.ts';
import { brokenAt, type Cause, causeAt } from './json-place.ts';
import { type Found, locateFile } from './locate.ts';
import { registryNameProblems } from './registry-names.ts';
import type { FileContent } from './schema.ts';
import { resolveSecrets } from './secrets.ts';
import type { FollowEntry, PluginUse, RegistrySettings } from './settings.ts';
import { settings } from './table.ts';

/** What the configuration file says. Without a file everything is empty. */
export interface FileSource {
  /** The absolute path; null without a file. */
  readonly path: string | null;
  readonly given: readonly Given[];
  readonly registries: Readonly<Record<string, RegistrySettings>>;
  readonly follow: readonly FollowEntry[];
  readonly plugins: readonly PluginUse[];
  readonly secrets: readonly string[];
  readonly problems: readonly AppError[];
  readonly warnings: readonly string[];
}

/** Reads the file at `path`, else the first found in the usual places. Throws nothing: problems are in the answer. */
export async function readConfigFile(place: {
  readonly path: string | undefined;
  readonly cwd: string;
  readonly environment: Environment;
}): Promise<FileSource> {
  try {
    const { found, warnings } = await locateFile(place.path, place.cwd);
    if (found === undefined) return { ...nothing, warnings };
    return { ...(await readContent(found, place.environment)), warnings };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...nothing, problems: [error] };
  }
}

const nothing: FileSource = {
  path: null,
  given: [],
  registries: {},
  follow: [],
  plugins: [],
  secrets: [],
  problems: [],
  warnings: [],
};

async function readContent(found: Found, environment: Environment): Promise<Omit<FileSource, 'warnings'>> {
  const folder = dirname(found.path);
  const origin = basename(found.path);
  const raw = await parse(found, origin);
  const { content, secrets, problems } = resolveSecrets(raw, { environment, folder, origin });
  const { checkFile } = await import('./schema.ts');
  const { content: checked, problems: misshapen } = checkFile(content, origin);
  const read = readSettings(checked.settings, found.path);
  const follow = checked.follow.map((entry, at) => followEntry(entry, `${origin}: follow.${at}`));
  const badNames = registryNameProblems(Object.keys(checked.registries), origin);
  const passwords = Object.values(checked.registries).flatMap(({ password }) => password ?? []);
  return {
    path: found.path,
    given: read.flatMap((one) => (one instanceof AppError ? [] : one)),
    problems: [
      ...problems,
      ...misshapen,
      ...badNames,
      ...[...read, ...follow.flat()].filter((one) => one instanceof AppError),
    ],
    registries: Object.fromEntries(
      Object.entries(checked.registries).map(([host, { ca, ...rest }]) => [
        host,
        ca === undefined ? rest : { ...rest, ca: resolve(folder, ca) },
      ]),
    ),
    follow: follow.flatMap((one) => ('rule' in one ? one : [])),
    plugins: checked.plugins,
    secrets: [...secrets, ...passwords],
  };
}

function readSettings(values: FileContent['settings'], path: string): readonly (Given | AppError)[] {
  return settings.flatMap((setting) => {
    const value = values[setting.key];
    if (value === undefined || value === null) return [];
    const text = typeof value === 'object' ? value : String(value);
    const read = readGiven(setting, text, { origin: `${basename(path)}: ${setting.key}`, code: 'CONFIG_INVALID' });
    if (read === undefined || read instanceof AppError || setting.kind !== 'path') return read ?? [];
    return { ...read, value: resolve(dirname(path), String(value)) };
  });
}

async function parse({ path, text }: Found, origin: string): Promise<unknown> {
  if (['.yaml', '.yml'].includes(extname(path))) return parseYaml(text, origin);
  try {
    return JSON.parse(text);
  } catch {
    if (unread.has(extname(path)))
      throw new AppError('CONFIG_SYNTAX', `${origin}: ${extname(path)} is not read.`, kinds);
    const at = brokenAt(text);
    throw syntaxError(`${origin} is not valid JSON`, text, at, causeAt(text, at));
  }
}

/** Kinds of files that people keep settings in, and that are surely no JSON. */
const unread = new Set(['.toml', '.ini', '.xml', '.env', '.properties', '.hcl', '.conf']);
const kinds = { hint: 'Write it as JSON, or as YAML in a file that ends in .yaml or .yml.' };

async function parseYaml(text: string, origin: string): Promise<unknown> {
  const { parseDocument } = await import('./yaml.ts');
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) throw syntaxError(`${origin} is not valid YAML`, text, error.pos[0]);
  return document.toJS();
}

/** The parsers' own messages quote the file, secrets and all; a line and a column say enough. */
function syntaxError(what: string, text: string, offset: number, cause?: Cause): AppError {
  const lines = text.slice(0, offset).split('\n');
  const message = `${what}: see line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}.`;
  return cause === undefined
    ? new AppError('CONFIG_SYNTAX', message)
    : new AppError('CONFIG_SYNTAX', `${message} ${cause.why}`, { hint: cause.hint });
}

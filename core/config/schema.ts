import * as z from 'zod';
import { AppError } from '../errors/app-error.ts';
import { delayPattern, durationPattern, formatDuration } from './duration.ts';
import { issueWords } from './issue-words.ts';
import { didYouMean } from './nearest.ts';
import { type Setting, settings } from './table.ts';
import { kinds, logLevels } from './values.ts';

const registry = z.strictObject({
  username: z.string().optional().describe('Account to log in with.'),
  password: z
    .string()
    .optional()
    .describe('Its password or token, best as a reference to a variable or a file.')
    .meta({ writeOnly: true }),
  insecure: z.boolean().optional().describe('Accept any certificate, and plain HTTP, from this registry.'),
  ca: z.string().min(1).optional().describe('PEM file with the CA to trust for this registry.'),
});

const plugin = z.strictObject({
  use: z.string().min(1).describe('Name of a built-in plugin, a path that begins with ./ or /, or a package.'),
  name: z.string().min(1).optional().describe('Unique name of this instance; the plugin’s own unless given.'),
  enabled: z.boolean().optional().describe('False turns it off, also where it is in force by default.'),
  config: z.unknown().optional().describe('What the plugin’s README lists.').meta({ writeOnly: true }),
});

const follow = z.strictObject({
  image: z.string().min(1).describe('Pattern of the whole name of an image, such as nginx or ghcr.io/acme/.*'),
  range: z
    .string()
    .optional()
    .describe('Versions to move on to: a range such as ^1 or >=15 <17, or major, minor, patch or none.'),
  include: z.string().optional().describe('Regular expression that a tag to follow matches.'),
  exclude: z.string().optional().describe('Regular expression of tags never to follow.'),
  transform: z
    .string()
    .optional()
    .describe('Where in a tag its version stands: PATTERN => REPLACEMENT, with $1 for a group.'),
  prerelease: z.boolean().optional().describe('Follow pre-releases too.'),
});

const file = z.strictObject({
  $schema: z.string().optional().describe('Path of this schema, for editors.'),
  ...Object.fromEntries(settings.map((setting) => [setting.key, fieldOf(setting)])),
  registries: z
    .record(z.string(), registry)
    .optional()
    .describe('Registries by host as it stands in references, such as registry.example.org:5000.'),
  follow: z
    .array(follow)
    .optional()
    .describe('Which images follow the versions of their repository; the first entry that matches counts.'),
  plugins: z.array(plugin).optional().describe('Plugins in force, in order, besides the default ones.'),
});

/** What a file may hold, once its shape has been checked. The settings are still as the file writes them. */
export interface FileContent {
  readonly settings: Readonly<Record<string, boolean | number | string | readonly string[] | null | undefined>>;
  readonly registries: Readonly<Record<string, z.infer<typeof registry>>>;
  readonly follow: readonly z.infer<typeof follow>[];
  readonly plugins: readonly z.infer<typeof plugin>[];
}

/**
 * Checks the shape of a parsed file; every problem is one CONFIG_UNKNOWN_KEY or CONFIG_INVALID. The content holds what is
 * well-formed, for what else is wrong with it.
 */
export function checkFile(
  content: unknown,
  origin: string,
): { readonly content: FileContent; readonly problems: readonly AppError[] } {
  const result = file.safeParse(content);
  const issues = result.error?.issues ?? [];
  const wrong = new Set(issues.map(({ path }) => path[0]));
  const isSound = ([key]: [string, unknown]) => Object.hasOwn(file.shape, key) && !wrong.has(key);
  const given = typeof content === 'object' && content !== null ? Object.entries(content) : [];
  const sound = result.data ?? file.parse(Object.fromEntries(given.filter(isSound)));
  const { $schema: _, registries = {}, follow = [], plugins = [], ...rest } = sound;
  return {
    content: { settings: rest as FileContent['settings'], registries, follow, plugins },
    problems: issues.flatMap((issue) => problemsOf(issue, origin)),
  };
}

/** The JSON Schema of the file, in which nothing is said of single plugins yet. */
export function fileJsonSchema(): FileSchema {
  const made: unknown = z.toJSONSchema(file.meta({ title: 'Belfry’s configuration' }), { io: 'input' });
  return made as FileSchema; // `file` has these keys
}

interface FileSchema {
  readonly properties: Readonly<Record<string, object>> & {
    readonly plugins: { readonly items: { readonly properties: { readonly use: Readonly<Record<string, unknown>> } } };
  };
}

function fieldOf(setting: Setting) {
  const schema = shapeOf(setting);
  const shown = setting.kind === 'duration' ? formatDuration(Number(setting.default)) : setting.default;
  const described = (setting.default === null ? schema.nullable() : schema).optional().describe(setting.summary);
  return setting.default === null ? described : described.meta({ default: shown });
}

function shapeOf({ kind }: Setting): z.ZodType {
  const error = `expected ${kinds[kind].expects}`;
  if (kind === 'boolean') return z.boolean({ error });
  if (kind === 'id') return z.int({ error }).min(0, { error }).max(2_147_483_647, { error });
  if (kind === 'duration' || kind === 'delay') {
    const pattern = kind === 'delay' ? delayPattern : durationPattern;
    return z.union([z.string().regex(pattern, { error }), z.number().min(0)], { error });
  }
  if (kind === 'addresses')
    return z.array(z.string().min(1), { error: 'expected a list of texts' }).meta({ writeOnly: true });
  if (kind === 'patterns') return z.array(z.string().min(1), { error: 'expected a list of texts' });
  if (kind === 'level') return z.enum(logLevels, { error });
  return z.string({ error }).min(1, { error });
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, origin: string): readonly AppError[] {
  const place = [origin, issue.path.join('.')].filter((part) => part !== '').join(': ');
  if (issue.code !== 'unrecognized_keys') return [new AppError('CONFIG_INVALID', `${place}: ${issueWords(issue)}.`)];
  const known = Object.keys(shapeAt(issue.path));
  return issue.keys.map(
    (key) => new AppError('CONFIG_UNKNOWN_KEY', `${place}: there is no key ${key} here.${didYouMean(key, known)}`),
  );
}

function shapeAt(path: Issue['path']): object {
  const shapes: Readonly<Record<PropertyKey, object>> = {
    registries: registry.shape,
    follow: follow.shape,
    plugins: plugin.shape,
  };
  return shapes[path[0] ?? ''] ?? file.shape;
}

import { resolve } from 'node:path';
import { AppError, AppErrors } from '../errors/app-error.ts';
import { comesFromWatchtower, type Environment, readEnvironment } from './environment.ts';
import { type FileSource, readConfigFile } from './file.ts';
import { answerForeign } from './foreign.ts';
import type { ForeignUse, Given } from './given.ts';
import { readPorcelain } from './porcelain.ts';
import { createRedact } from './redact.ts';
import type { Settings } from './settings.ts';
import type { Notifiers } from './shoutrrr/notifiers.ts';
import { type SettingKey, settings as table, type Values } from './table.ts';
import { settleTime } from './time.ts';
import type { Value } from './values.ts';
import { differences } from './watchtower.ts';

/** What the command line says of settings, read but not yet weighed against the other sources. */
export interface Flags {
  readonly given: readonly Given[];
  /** Watchtower's flags that are no settings here. */
  readonly foreign: readonly ForeignUse[];
  /** The path given by --config. */
  readonly config?: string | undefined;
}

export interface Loaded {
  readonly settings: Settings;
  /** The file that was read, or null. */
  readonly file: string | null;
  /** A sentence for everything that was ignored or looks like a slip. */
  readonly warnings: readonly string[];
  /** Where Belfry differs from Watchtower in what these settings do; empty unless they come from there. */
  readonly notes: readonly string[];
  /** Masks every secret of the configuration in a text. */
  readonly redact: (text: string) => string;
}

/** Settles flag over environment over file over default. Throws AppErrors with every problem found. */
export async function loadSettings(sources: {
  readonly flags: Flags;
  readonly env: Environment;
  readonly cwd: string;
}): Promise<Loaded> {
  const { flags, env, cwd } = sources;
  const environment = readEnvironment(env);
  const path = flags.config ?? (env.BELFRY_CONFIG || undefined);
  const file = await readConfigFile({ path, cwd, environment: env });

  const weighed = [file.given, environment.given, flags.given];
  const given = weigh(weighed.flat());
  const time = await settleTime(weighed, env);
  const uses = [...environment.foreign, ...flags.foreign];
  const foreign = answerForeign(uses);
  const porcelain = readPorcelain(uses);
  const notifiers = await readNotifiers(given, { uses, file, cwd });
  const passwords = env.REPO_PASS === undefined ? [] : [env.REPO_PASS];
  const redact = createRedact([...file.secrets, ...notifiers.secrets, ...passwords]);
  const problems = [
    ...[file, environment, foreign, time, notifiers, porcelain].flatMap(
      (source): readonly AppError[] => source.problems,
    ),
  ];
  if (problems.length > 0) throw new AppErrors(problems.map((problem) => redacted(problem, redact)));

  const settings = {
    ...settingsFrom(valuesOf(given), { file, cwd }),
    ...time.settings,
    notifiers: notifiers.notifiers,
    porcelain: porcelain.form,
  };
  const fromWatchtower = comesFromWatchtower(env) || flags.foreign.length > 0;
  return {
    settings,
    file: file.path,
    warnings: [...file.warnings, ...environment.warnings, ...foreign.warnings, ...notifiers.warnings],
    notes: fromWatchtower ? differences.filter((one) => one.applies(settings)).map((one) => one.note) : [],
    redact,
  };
}

const none: Notifiers = { notifiers: [], secrets: [], problems: [], warnings: [] };

/** Loads what reads addresses only where there are any. */
async function readNotifiers(
  given: ByKey,
  { uses, file, cwd }: { readonly uses: readonly ForeignUse[]; readonly file: FileSource; readonly cwd: string },
): Promise<Notifiers> {
  const foreign = uses.filter(({ row }) => row.answer === 'changed' && row.flag?.startsWith('notification'));
  if (foreign.length === 0 && !given.has('notificationUrl')) return none;
  const { notifiersFrom } = await import('./shoutrrr/notifiers.ts');
  const origin = given.get('notificationUrl')?.origin;
  return notifiersFrom({ values: valuesOf(given), origin, foreign, plugins: file.plugins, cwd });
}

type ByKey = ReadonlyMap<SettingKey, Given>;

function weigh(given: readonly Given[]): ByKey {
  return new Map(given.map((one) => [one.key, one]));
}

function valuesOf(given: ByKey): Values {
  const entries = table.map(({ key, default: standard }): [string, Value | null] => [
    key,
    given.get(key)?.value ?? standard,
  ]);
  return Object.fromEntries(entries) as unknown as Values; // the table's kinds made both what Values says
}

type FromTable = Omit<Settings, 'notifiers' | 'porcelain'>;

function settingsFrom(values: Values, { file, cwd }: { readonly file: FileSource; readonly cwd: string }): FromTable {
  const { host, tlsVerify, certPath, apiVersion, stateFolder, logLevel, scope, timeZone, ...others } = values;
  const { notificationUrl: _u, notificationsLevel: _l, notificationTitleTag: _t, ...more } = others;
  const { notificationSkipTitle: _s, notificationSplitByContainer: _c, ...rest } = more;
  return {
    ...rest,
    engine: { host, tlsVerify, certPath: certPath === null ? null : resolve(cwd, certPath), apiVersion },
    stateFolder: stateFolder === null ? undefined : resolve(cwd, stateFolder),
    timeZone,
    scope: scope === 'none' ? null : scope,
    log: { level: logLevel },
    registries: file.registries,
    follow: file.follow,
    plugins: file.plugins,
    folder: file.path === null ? cwd : resolve(file.path, '..'),
  };
}

function redacted(problem: AppError, redact: (text: string) => string): AppError {
  return new AppError(problem.code, redact(problem.message), { hint: problem.hint });
}

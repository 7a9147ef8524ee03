import { AppError } from '../../errors/app-error.ts';
import type { ForeignUse } from '../given.ts';
import type { PluginUse } from '../settings.ts';
import type { Values } from '../table.ts';
import { templateOf } from './go-template.ts';
import { type LegacyValue, legacyUses } from './legacy.ts';
import type { Use } from './service.ts';
import { addressesFrom, fromFile } from './split.ts';
import { secretsOf, translate } from './translate.ts';

export interface Notifiers {
  /** Named, and without a name that stands under `plugins`. */
  readonly notifiers: readonly PluginUse[];
  readonly secrets: readonly string[];
  readonly problems: readonly AppError[];
  readonly warnings: readonly string[];
}

interface Sources {
  readonly values: Values;
  /** What gives `notificationUrl`, for messages. */
  readonly origin: string | undefined;
  /** Watchtower's settings that are none here, the most important last. */
  readonly foreign: readonly ForeignUse[];
  readonly plugins: readonly PluginUse[];
  readonly cwd: string;
}

/** The notifiers that addresses, and Watchtower's settings for single services, stand for. */
export function notifiersFrom({ values, origin = '', foreign, plugins, cwd }: Sources): Notifiers {
  const given = new Map(
    foreign.flatMap(({ row, ...use }): [string, LegacyValue][] => (row.flag === null ? [] : [[row.flag, use]])),
  );
  const legacy = new Map(
    [...given].map(([flag, use]) => [flag, secretFlags.has(flag) ? { ...use, text: fromFile(use.text, cwd) } : use]),
  );
  const addresses = values.notificationUrl.flatMap((value) => addressesFrom(value, cwd));
  const translated = addresses.map(translate);
  const ofServices = legacyUses(legacy);
  const template = templateOf(given, cwd);
  const tag = values.notificationTitleTag ?? given.get('notification-email-subjecttag')?.text;
  const uses = [...translated.flatMap((one) => one.uses), ...ofServices.uses];
  const at = (index: number) => (addresses.length > 1 ? `${origin}, ${index + 1} of ${addresses.length}` : origin);
  return {
    notifiers: named(
      uses.map((use) => withCommon(use, { values, tag, asJson: template.asJson })),
      plugins,
    ),
    secrets: [
      ...translated.flatMap(({ secrets }) => secrets),
      ...ofServices.uses.flatMap(({ config }) => secretsOf(config)),
      ...[...legacy].flatMap(([flag, { text }]) => (secretFlags.has(flag) ? [text] : [])),
    ],
    problems: [
      ...translated.flatMap(({ problems }, index) => problems.map((one) => placed(one, at(index)))),
      ...ofServices.problems,
    ],
    warnings: [
      ...translated.flatMap(({ notes }, index) => notes.map((note) => `${at(index)}: ${note}`)),
      ...ofServices.notes,
      ...template.warnings,
    ],
  };
}

const secretFlags: ReadonlySet<string> = new Set([
  ...['notification-email-server-password', 'notification-slack-hook-url'],
  ...['notification-msteams-hook', 'notification-gotify-token'],
]);

const placed = ({ code, message, hint }: AppError, origin: string) =>
  new AppError(code, `${origin}: ${message}`, { hint });

interface Common {
  readonly values: Values;
  readonly tag: string | undefined;
  readonly asJson: boolean;
}

function withCommon({ use, config }: Use, { values, tag, asJson }: Common): Use {
  const { notificationsLevel: level, notificationSplitByContainer: split, notificationSkipTitle: untitled } = values;
  const common = {
    ...(level === 'error' || level === 'warn' ? { select: { severity: 'error' } } : {}),
    ...(split ? { delivery: 'immediate' } : {}),
    ...(untitled ? { skipTitle: true } : {}),
    ...(tag === undefined || tag === '' ? {} : { tag }),
  };
  return { use, config: { ...config, ...(asJson && use === 'webhook' ? { mode: 'report' } : {}), ...common } };
}

/** `slack`, `slack-2`: names that nobody else has, the same at every start. */
function named(uses: readonly Use[], plugins: readonly PluginUse[]): readonly PluginUse[] {
  const taken = new Set(plugins.map(({ use, name }) => name ?? use));
  return uses.map(({ use, config }) => {
    let name = use;
    for (let number = 2; taken.has(name); number += 1) name = `${use}-${number}`;
    taken.add(name);
    return { use, name, config };
  });
}

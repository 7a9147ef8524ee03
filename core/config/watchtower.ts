import { pluginsInForce } from './plugins.ts';
import type { Settings } from './settings.ts';

/** A name of Watchtower's that is no setting of Belfry's, and the answer to it. */
export interface Foreign {
  /** Null where there is only a variable. */
  readonly flag: string | null;
  readonly short?: string;
  /** Null where there is only a flag. */
  readonly variable: string | null;
  readonly takes: 'nothing' | 'value';
  /** Refused where ignoring it would touch more than its user meant; changed where it does something, but no setting holds it. */
  readonly answer: 'ignored' | 'refused' | 'changed';
  readonly why: string;
  /** Values that ask for nothing beyond what Belfry does anyway, so no word is lost about them. */
  readonly idle?: readonly string[];
  /** What to do where it is refused; without one, to narrow what is watched by other means. */
  readonly hint?: string;
  /** With this flag also on, it is ignored rather than refused. */
  readonly unless?: string;
}

const single = 'read where `--notifications` names its service; see docs/notifications.md.';
const template =
  'a built-in name is followed; a template is not run, but named at the start with Belfry’s names for its fields.';
const api = 'there is no HTTP API yet.';
const onDemand = 'Remove it; `belfry update` updates on demand.';
const filters = 'this filter does not exist yet, and without it more containers would be updated.';
const verbatim = 'a container’s settings are carried over as they are; what its engine refuses leaves it untouched.';

/** Every name of Watchtower's that the table of settings does not hold. */
export const foreignNames: readonly Foreign[] = [
  // Which containers
  option('include-restarting', 'nothing', 'ignored', 'a restarting container cannot be verified, so it is left alone.'),
  option('monitor-image-names', 'value', 'refused', filters),
  option('skip-image-names', 'value', 'refused', filters),
  option('enable-containers-by-label', 'value', 'refused', filters),
  option('disable-containers-by-label', 'value', 'refused', filters),

  // When
  option('update-on-start', 'nothing', 'ignored', 'with an interval Belfry begins at once, with a schedule it waits.'),
  {
    ...option('health-check', 'nothing', 'refused', 'this would start a second Belfry; ask `belfry doctor` instead.'),
    variable: null,
    hint: 'Remove it.',
  },
  { ...option('porcelain', 'value', 'changed', 'each cycle prints its result, as `v1` or as `json`.'), short: 'P' },
  {
    ...option('self-update-orchestrator', 'nothing', 'refused', 'this is Watchtower’s own affair.'),
    variable: null,
    hint: 'Remove it.',
  },

  // How
  option('remove-volumes', 'nothing', 'ignored', 'volumes are always kept.'),
  option('warn-on-head-failure', 'value', 'ignored', 'a check that fails is always reported.'),
  {
    ...option('no-restart', 'nothing', 'refused', 'Belfry starts what it replaces; --monitor-only touches nothing.'),
    hint: 'Remove it, or use --monitor-only.',
  },
  option('rolling-restart', 'nothing', 'ignored', 'containers are replaced and verified one after another anyway.'),
  variable('WATCHTOWER_COOLDOWN_PLATFORM_OS', 'the platform is the one of the running image.'),
  variable('WATCHTOWER_COOLDOWN_PLATFORM_ARCH', 'the platform is the one of the running image.'),
  variable('WATCHTOWER_COOLDOWN_PLATFORM_VARIANT', 'the platform is the one of the running image.'),
  {
    ...option('use-compose-depends-on', 'nothing', 'ignored', 'what Compose says of dependencies is always honoured.'),
    idle: ['true', '1'],
  },
  option('label-take-precedence', 'nothing', 'ignored', 'label or setting, the one that touches less wins.'),
  option('ephemeral-self-update', 'nothing', 'ignored', 'a helper container replaces Belfry’s own container anyway.'),
  option('disable-memory-swappiness', 'nothing', 'ignored', verbatim),
  { ...option('cpu-copy-mode', 'value', 'ignored', verbatim), idle: ['auto', 'full'] },
  {
    ...option('registry-tls-min-version', 'value', 'ignored', 'registries are spoken to over TLS 1.2 or newer.'),
    idle: ['TLS1.2'],
  },

  // Output
  { ...option('log-format', 'value', 'ignored', 'log lines have one form.'), short: 'l', idle: ['auto'] },

  // HTTP API
  {
    ...option('http-api-update', 'nothing', 'refused', 'without the HTTP API updates would run by the clock instead.'),
    unless: 'http-api-periodic-polls',
    hint: onDemand,
  },
  {
    ...option('http-api-endpoints', 'value', 'refused', 'without the HTTP API updates would run by the clock instead.'),
    unless: 'http-api-periodic-polls',
    hint: onDemand,
  },
  option('http-api-metrics', 'nothing', 'ignored', api),
  option('http-api-containers', 'nothing', 'ignored', api),
  option('http-api-host', 'value', 'ignored', api),
  option('http-api-port', 'value', 'ignored', api),
  option('http-api-token', 'value', 'ignored', api),
  option('http-api-events-token', 'value', 'ignored', api),
  option('http-api-periodic-polls', 'nothing', 'ignored', api),
  option('http-api-rate-limit', 'value', 'ignored', api),
  option('http-api-tls-cert', 'value', 'ignored', api),
  option('http-api-tls-key', 'value', 'ignored', api),
  option('http-api-trusted-proxies', 'value', 'ignored', api),
  option('http-api-proxy-header', 'value', 'ignored', api),
  option('http-api-cors-origins', 'value', 'ignored', api),
  option('http-api-check-timeout', 'value', 'ignored', api),
  option('http-api-update-timeout', 'value', 'ignored', api),

  // Notifications
  {
    ...option('notifications', 'value', 'changed', 'these services are made notifiers; see docs/notifications.md.'),
    short: 'n',
  },
  {
    ...option('notifications-delay', 'value', 'ignored', 'messages wait in the outbox until they can be delivered.'),
    idle: ['0', '0s'],
  },
  option('notification-template', 'value', 'changed', template),
  option('notification-template-file', 'value', 'changed', template),
  {
    ...option(
      'notification-report',
      'nothing',
      'ignored',
      'a report comes after each cycle with news, whichever is asked for.',
    ),
    idle: ['true', 'True', 'TRUE', 't', 'T', '1'],
  },
  option('notification-log-stdout', 'nothing', 'ignored', 'logs go to stderr; --porcelain prints results to stdout.'),
  option('notification-email-from', 'value', 'changed', single),
  option('notification-email-to', 'value', 'changed', single),
  option('notification-email-delay', 'value', 'changed', single),
  option('notification-email-server', 'value', 'changed', single),
  option('notification-email-server-port', 'value', 'changed', single),
  option('notification-email-server-tls-skip-verify', 'nothing', 'changed', single),
  option('notification-email-server-user', 'value', 'changed', single),
  option('notification-email-server-password', 'value', 'changed', single),
  option('notification-email-subjecttag', 'value', 'changed', 'it stands in for `notificationTitleTag`.'),
  option('notification-slack-hook-url', 'value', 'changed', single),
  option('notification-slack-identifier', 'value', 'changed', single),
  option('notification-slack-channel', 'value', 'changed', single),
  option('notification-slack-icon-emoji', 'value', 'changed', single),
  option('notification-slack-icon-url', 'value', 'changed', single),
  {
    ...option('notification-msteams-hook', 'value', 'changed', single),
    variable: 'WATCHTOWER_NOTIFICATION_MSTEAMS_HOOK_URL',
  },
  option('notification-msteams-data', 'nothing', 'changed', single),
  option('notification-gotify-url', 'value', 'changed', single),
  option('notification-gotify-token', 'value', 'changed', single),
  option('notification-gotify-tls-skip-verify', 'nothing', 'changed', single),
];

/** Where Belfry differs from Watchtower by design; said once, to those who come from there. */
export const differences: readonly { readonly note: string; readonly applies: (settings: Settings) => boolean }[] = [
  { note: 'Unnamed volumes are kept: a new container gets those of the old one.', applies: () => true },
  {
    note: 'An update that fails is rolled back to the original container and reported as failed.',
    applies: (settings) => !settings.monitorOnly,
  },
  { note: 'A run with --run-once exits with 1 when an update failed.', applies: (settings) => settings.runOnce },
  {
    note: 'Monitor-only pulls nothing: what is new is read from the registry.',
    applies: (settings) => settings.monitorOnly,
  },
  { note: 'Clean-up never forces: an image that anything uses stays.', applies: (settings) => settings.cleanup },
  {
    note: 'Clean-up spares the image before the last update, for a rollback; --rollback-grace 0s removes it at once.',
    applies: (settings) => settings.cleanup && settings.rollbackGrace > 0,
  },
  {
    note: 'Without a scope only containers without a scope label are watched.',
    applies: (settings) => settings.scope === null,
  },
  {
    note: 'The certificates of registries are verified.',
    applies: (settings) => !settings.registryTlsSkip,
  },
  {
    note: 'A new major version of a database is only reported: see the plugin policy.',
    applies: (settings) => !settings.monitorOnly && pluginsInForce(settings).some(({ use }) => use === 'policy'),
  },
  {
    note: 'The cool-down counts from when Belfry first saw an image, not from the date that the image states.',
    applies: (settings) => settings.cooldownDelay !== null,
  },
  {
    note: 'A pre-update command that fails, or says not now (75), leaves its container as it is and reported as skipped.',
    applies: (settings) => settings.lifecycleHooks,
  },
  {
    note: 'Post-update commands wait for the health checks of the new container, and those that fail are reported.',
    applies: (settings) => settings.lifecycleHooks,
  },
  {
    note: 'Lifecycle commands run without a terminal, a limit of 0 is 6 hours, and containers that are merely restarted run none.',
    applies: (settings) => settings.lifecycleHooks,
  },
  {
    note: 'A lifecycle group without a user is ignored: the engine would run the command as root.',
    applies: ({ lifecycleHooks, lifecycleUid, lifecycleGid }) =>
      lifecycleHooks && lifecycleGid > 0 && lifecycleUid === 0,
  },
  {
    note: 'Messages are sent when there is something to tell, not after every cycle and not at the start.',
    applies: (settings) => settings.notifiers.length > 0,
  },
  { note: 'Other instances are never stopped or removed.', applies: () => true },
];

function option(flag: string, takes: Foreign['takes'], answer: Foreign['answer'], why: string): Foreign {
  return { flag, variable: `WATCHTOWER_${flag.replaceAll('-', '_').toUpperCase()}`, takes, answer, why };
}

function variable(name: string, why: string): Foreign {
  return { flag: null, variable: name, takes: 'value', answer: 'ignored', why };
}

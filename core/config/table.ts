import type { Kind, Value, ValueOf } from './values.ts';

/** One setting. Its flag, its `BELFRY_…` variable and its place in the file all follow from the key. */
export interface Setting {
  readonly key: string;
  readonly kind: Kind;
  /** Null where nothing holds until something is given. */
  readonly default: Value | null;
  /** One line, for help, docs and editors. */
  readonly summary: string;
  readonly section: 'engine' | 'state' | 'time' | 'choice' | 'update' | 'notification' | 'output' | 'registry';
  readonly short?: string;
  /** The flag, where it does not follow from the key; null where arguments stand for it. */
  readonly flag?: string | null;
  /** The variable, where it does not follow from the key. */
  readonly variable?: string;
  /** The least a duration may be, in milliseconds. */
  readonly least?: number;
  /** Names that other tools have for the same. */
  readonly aliases?: readonly Alias[];
}

interface Alias {
  readonly flag?: string;
  readonly short?: string;
  readonly variable?: string;
  /** Makes the alias a boolean: what its two values make of the setting; `undefined` leaves it alone. */
  readonly means?: { readonly true: Value; readonly false?: Value };
}

const hour = 3_600_000;

/** Every setting there is. Flags, variables, file, JSON Schema, help and docs are made from these rows. */
const table = [
  {
    key: 'host',
    kind: 'text',
    default: 'unix:///var/run/docker.sock',
    summary: 'Address of the engine, unix:// or tcp://.',
    section: 'engine',
    short: 'H',
    aliases: [{ variable: 'DOCKER_HOST' }],
  },
  {
    key: 'tlsVerify',
    kind: 'boolean',
    default: false,
    summary: 'Speak TLS to the engine and verify its certificate.',
    section: 'engine',
    short: 'v',
    aliases: [{ flag: 'tlsverify', variable: 'DOCKER_TLS_VERIFY' }],
  },
  {
    key: 'certPath',
    kind: 'path',
    default: null,
    summary: 'Folder with ca.pem, cert.pem and key.pem for the engine.',
    section: 'engine',
    aliases: [{ variable: 'DOCKER_CERT_PATH' }],
  },
  {
    key: 'apiVersion',
    kind: 'text',
    default: null,
    summary: 'API version to speak to the engine; agreed with it unless given.',
    section: 'engine',
    short: 'a',
    aliases: [{ variable: 'DOCKER_API_VERSION' }],
  },
  {
    key: 'stateFolder',
    kind: 'path',
    default: null,
    summary: 'Folder that keeps the journal; /var/lib/belfry or ~/.local/state/belfry unless given.',
    section: 'state',
    flag: 'state',
    variable: 'BELFRY_STATE_DIR',
  },
  {
    key: 'interval',
    kind: 'duration',
    default: 24 * hour,
    summary: 'Time between two cycles.',
    section: 'time',
    short: 'i',
    least: 1000,
    aliases: [{ variable: 'WATCHTOWER_POLL_INTERVAL' }],
  },
  {
    key: 'schedule',
    kind: 'cron',
    default: null,
    summary: 'Cron expression of 5 or 6 fields, instead of an interval.',
    section: 'time',
    short: 's',
    aliases: [{ variable: 'WATCHTOWER_SCHEDULE' }],
  },
  {
    key: 'timeZone',
    kind: 'zone',
    default: null,
    summary: 'Time zone of the schedule; the one of TZ or of the system unless given.',
    section: 'time',
  },
  {
    key: 'runOnce',
    kind: 'boolean',
    default: false,
    summary: 'Run one cycle now and exit.',
    section: 'time',
    short: 'R',
    aliases: [{ variable: 'WATCHTOWER_RUN_ONCE' }],
  },
  {
    key: 'names',
    kind: 'patterns',
    default: [],
    summary: 'Names of the containers to watch, as patterns of the whole name; all unless given.',
    section: 'choice',
    flag: null,
  },
  {
    key: 'disableContainers',
    kind: 'patterns',
    default: [],
    summary: 'Names of containers to leave alone, as patterns of the whole name.',
    section: 'choice',
    short: 'x',
    aliases: [{ variable: 'WATCHTOWER_DISABLE_CONTAINERS' }],
  },
  {
    key: 'labelEnable',
    kind: 'boolean',
    default: false,
    summary: 'Watch only containers with the label belfry.enable=true.',
    section: 'choice',
    short: 'e',
    aliases: [{ variable: 'WATCHTOWER_LABEL_ENABLE' }],
  },
  {
    key: 'scope',
    kind: 'text',
    default: null,
    summary: 'Watch only containers with this scope label; only those without one unless given.',
    section: 'choice',
    aliases: [{ variable: 'WATCHTOWER_SCOPE' }],
  },
  {
    key: 'includeStopped',
    kind: 'boolean',
    default: false,
    summary: 'Update stopped containers too; they stay stopped.',
    section: 'choice',
    short: 'S',
    aliases: [{ variable: 'WATCHTOWER_INCLUDE_STOPPED' }],
  },
  {
    key: 'reviveStopped',
    kind: 'boolean',
    default: false,
    summary: 'Start stopped containers once they are updated.',
    section: 'choice',
    aliases: [{ variable: 'WATCHTOWER_REVIVE_STOPPED' }],
  },
  {
    key: 'monitorOnly',
    kind: 'boolean',
    default: false,
    summary: 'Report updates without applying them.',
    section: 'update',
    short: 'm',
    aliases: [{ variable: 'WATCHTOWER_MONITOR_ONLY' }],
  },
  {
    key: 'noPull',
    kind: 'boolean',
    default: false,
    summary: 'Ask no registry and pull nothing: compare with the tag as it is on the engine.',
    section: 'update',
    aliases: [{ variable: 'WATCHTOWER_NO_PULL' }],
  },
  {
    key: 'cleanup',
    kind: 'boolean',
    default: false,
    summary: 'Remove images that an update has replaced and nothing uses.',
    section: 'update',
    short: 'c',
    aliases: [{ variable: 'WATCHTOWER_CLEANUP' }],
  },
  {
    key: 'rollbackGrace',
    kind: 'duration',
    default: 24 * hour,
    summary: 'How long clean-up spares the image that a container ran before its last update.',
    section: 'update',
  },
  {
    key: 'stopTimeout',
    kind: 'duration',
    default: null,
    summary: 'Grace for containers that state none of their own; the engine’s (10s) unless given.',
    section: 'update',
    short: 't',
    aliases: [{ variable: 'WATCHTOWER_TIMEOUT' }],
  },
  {
    key: 'stabilityWindow',
    kind: 'duration',
    default: 10_000,
    summary: 'How long a new container must run without a restart before it counts as proven.',
    section: 'update',
  },
  {
    key: 'cooldownDelay',
    kind: 'delay',
    default: null,
    summary: 'How long an image must have been known before it is used, such as 3d.',
    section: 'update',
    aliases: [{ variable: 'WATCHTOWER_COOLDOWN_DELAY' }],
  },
  {
    key: 'lifecycleHooks',
    kind: 'boolean',
    default: false,
    summary: 'Run the commands that containers name in their lifecycle labels, inside them.',
    section: 'update',
    aliases: [{ flag: 'enable-lifecycle-hooks', variable: 'WATCHTOWER_LIFECYCLE_HOOKS' }],
  },
  {
    key: 'lifecycleUid',
    kind: 'id',
    default: 0,
    summary: 'User id that these commands run as; with 0 it is the container’s own user.',
    section: 'update',
    aliases: [{ variable: 'WATCHTOWER_LIFECYCLE_UID' }],
  },
  {
    key: 'lifecycleGid',
    kind: 'id',
    default: 0,
    summary: 'Group id that these commands run as, where a user id is given; with 0 it is the one of that user.',
    section: 'update',
    aliases: [{ variable: 'WATCHTOWER_LIFECYCLE_GID' }],
  },
  {
    key: 'notificationUrl',
    kind: 'addresses',
    default: [],
    summary:
      'Addresses of notifiers as shoutrrr writes them, such as slack://…, or files that hold such. They are secrets.',
    section: 'notification',
    aliases: [{ variable: 'WATCHTOWER_NOTIFICATION_URL' }],
  },
  {
    key: 'notificationsLevel',
    kind: 'level',
    default: 'info',
    summary: 'For notifiers given by address: error and warn tell of failures only, info and debug of all news.',
    section: 'notification',
    aliases: [{ variable: 'WATCHTOWER_NOTIFICATIONS_LEVEL' }],
  },
  {
    key: 'notificationTitleTag',
    kind: 'text',
    default: null,
    summary: 'For notifiers given by address: what the first line begins with, in brackets.',
    section: 'notification',
    aliases: [{ variable: 'WATCHTOWER_NOTIFICATION_TITLE_TAG' }],
  },
  {
    key: 'notificationSkipTitle',
    kind: 'boolean',
    default: false,
    summary: 'For notifiers given by address: leave the title that a service shows above a message empty.',
    section: 'notification',
    aliases: [{ variable: 'WATCHTOWER_NOTIFICATION_SKIP_TITLE' }],
  },
  {
    key: 'notificationSplitByContainer',
    kind: 'boolean',
    default: false,
    summary: 'For notifiers given by address: a message for each event at once, instead of one for each cycle.',
    section: 'notification',
    aliases: [{ variable: 'WATCHTOWER_NOTIFICATION_SPLIT_BY_CONTAINER' }],
  },
  {
    key: 'hostName',
    kind: 'text',
    default: null,
    summary: 'Name of this host in events and messages; the engine’s own unless given.',
    section: 'notification',
    aliases: [{ flag: 'notifications-hostname', variable: 'WATCHTOWER_NOTIFICATIONS_HOSTNAME' }],
  },
  {
    key: 'startupMessage',
    kind: 'boolean',
    default: true,
    summary: 'Say at the start what is watched and when.',
    section: 'output',
    aliases: [
      { flag: 'no-startup-message', variable: 'WATCHTOWER_NO_STARTUP_MESSAGE', means: { true: false, false: true } },
    ],
  },
  {
    key: 'logLevel',
    kind: 'level',
    default: 'info',
    summary: 'Least important lines to log: error, warn, info or debug.',
    section: 'output',
    aliases: [
      { variable: 'WATCHTOWER_LOG_LEVEL' },
      { flag: 'debug', short: 'd', variable: 'WATCHTOWER_DEBUG', means: { true: 'debug' } },
      { flag: 'trace', variable: 'WATCHTOWER_TRACE', means: { true: 'debug' } },
    ],
  },
  {
    key: 'registryTlsSkip',
    kind: 'boolean',
    default: false,
    summary: 'Accept any certificate, and plain HTTP, from every registry.',
    section: 'registry',
    aliases: [{ variable: 'WATCHTOWER_REGISTRY_TLS_SKIP' }],
  },
] as const satisfies readonly Setting[];

type Row = (typeof table)[number];
export type SettingKey = Row['key'];
/** The value of every setting by its key, as the table's kinds and defaults promise. */
export type Values = {
  readonly [R in Row as R['key']]: ValueOf[R['kind']] | (R['default'] extends null ? null : never);
};

/** The rows without their literal types, for those who go through them. */
export const settings: readonly (Setting & { readonly key: SettingKey })[] = table;

/** `stop-timeout`; null where arguments stand for the setting. */
export function flagOf(setting: Setting): string | null {
  return setting.flag === undefined ? dashed(setting.key) : setting.flag;
}

/** `BELFRY_STOP_TIMEOUT`. */
export function variableOf(setting: Setting): string {
  return setting.variable ?? `BELFRY_${dashed(setting.key).replaceAll('-', '_').toUpperCase()}`;
}

function dashed(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** One label by which a container speaks for itself, under either prefix. */
export interface Label {
  readonly suffix: string;
  readonly kind: Kind;
  /** The setting it stands beside. */
  readonly setting?: SettingKey;
  /** The value that touches less: it wins where two labels disagree. */
  readonly cautious?: boolean | 'longest';
  /** Absent from Watchtower, so read under `belfry.` only. */
  readonly own?: boolean;
  readonly summary: string;
}

export const labelPrefixes = { belfry: 'belfry.', watchtower: 'com.centurylinklabs.watchtower.' } as const;

/** Every label that changes how Belfry treats one container. */
export const labels = [
  {
    suffix: 'enable',
    kind: 'boolean',
    setting: 'labelEnable',
    cautious: false,
    summary: 'False: never touched. True: watched where `labelEnable` asks for it.',
  },
  {
    suffix: 'monitor-only',
    kind: 'boolean',
    setting: 'monitorOnly',
    cautious: true,
    summary: 'Report updates of this container without applying them.',
  },
  {
    suffix: 'no-pull',
    kind: 'boolean',
    setting: 'noPull',
    cautious: true,
    summary: 'Ask no registry for this container.',
  },
  { suffix: 'scope', kind: 'text', setting: 'scope', summary: 'The scope it belongs to; `none` is no scope.' },
  { suffix: 'stop-signal', kind: 'signal', summary: 'Signal that asks it to stop, instead of its own.' },
  {
    suffix: 'stop-timeout',
    kind: 'duration',
    setting: 'stopTimeout',
    summary: 'Grace after that signal, instead of its own.',
  },
  {
    suffix: 'stability-window',
    kind: 'duration',
    setting: 'stabilityWindow',
    own: true,
    summary: 'How long its replacement must run without a restart.',
  },
  {
    suffix: 'cooldown-delay',
    kind: 'delay',
    setting: 'cooldownDelay',
    cautious: 'longest',
    summary: 'How long its new image must have been known; 0: not at all. It always wins over the setting.',
  },
  {
    suffix: 'rerun',
    kind: 'boolean',
    own: true,
    summary: 'For what runs once, such as a migration: runs again when updated, before what depends on it.',
  },
  {
    suffix: 'follow',
    kind: 'range',
    own: true,
    summary: 'Versions to move on to: a range such as `^1` or `>=15 <17`, or `major`, `minor`, `patch`, `none`.',
  },
  { suffix: 'follow.include', kind: 'pattern', own: true, summary: 'Regular expression that a tag to follow matches.' },
  { suffix: 'follow.exclude', kind: 'pattern', own: true, summary: 'Regular expression of tags never to follow.' },
  {
    suffix: 'follow.transform',
    kind: 'transform',
    own: true,
    summary: 'Where in a tag its version stands: `PATTERN => REPLACEMENT`, with `$1` for a group.',
  },
  {
    suffix: 'follow.prerelease',
    kind: 'boolean',
    own: true,
    summary: 'True: follow pre-releases too.',
  },
] as const satisfies readonly Label[];

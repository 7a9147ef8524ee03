/** Everything a user can set, resolved from flags, environment, file and defaults. Durations in milliseconds. */
export interface Settings {
  readonly engine: EngineSettings;
  /** Undefined where none was given: the default places are tried. */
  readonly stateFolder: string | undefined;
  /** Milliseconds between cycles; null where a schedule is set. */
  readonly interval: number | null;
  /** A cron expression of 5 or 6 fields, or null. */
  readonly schedule: string | null;
  /** An IANA time zone; null where none was given and no schedule needs one: see `zoneOf`. */
  readonly timeZone: string | null;
  readonly runOnce: boolean;
  /** Patterns of whole container names to watch; empty means all. */
  readonly names: readonly string[];
  readonly disableContainers: readonly string[];
  readonly labelEnable: boolean;
  readonly includeStopped: boolean;
  readonly reviveStopped: boolean;
  readonly monitorOnly: boolean;
  readonly noPull: boolean;
  readonly cleanup: boolean;
  /** How long the image stays that a container ran before its last update. */
  readonly rollbackGrace: number;
  /** The grace for containers that state none of their own; null leaves it to the engine (10 s). */
  readonly stopTimeout: number | null;
  /** Only containers with this scope label; null means those without one. */
  readonly scope: string | null;
  readonly stabilityWindow: number;
  /** Null where an image may be used as soon as it is known. */
  readonly cooldownDelay: number | null;
  /** Whether the commands in lifecycle labels are run, and as whom; 0 is the container's own user. */
  readonly lifecycleHooks: boolean;
  readonly lifecycleUid: number;
  readonly lifecycleGid: number;
  readonly startupMessage: boolean;
  /** What events and messages call this host; null for the engine's own name. */
  readonly hostName: string | null;
  /** The notifiers that addresses and Watchtower's settings stand for, each with a name; they come after `plugins`. */
  readonly notifiers: readonly PluginUse[];
  /** What a cycle prints for programs, as Watchtower does; null for nothing. */
  readonly porcelain: 'v1' | 'json' | null;
  readonly log: { readonly level: LogLevel };
  /** By registry host as it stands in references, such as `registry.example.org:5000`. */
  readonly registries: Readonly<Record<string, RegistrySettings>>;
  /** Watchtower's REGISTRY_TLS_SKIP: every registry may be spoken to without verified TLS. */
  readonly registryTlsSkip: boolean;
  /** Which containers follow the versions of their repository: the first entry that matches counts. */
  readonly follow: readonly FollowEntry[];
  readonly plugins: readonly PluginUse[];
  /** What the plugins in force read of labels, by suffix; unknown until they are loaded. */
  readonly pluginLabels?: readonly string[];
  /** The folder that relative plugin paths start from: the config file's, else the working directory. */
  readonly folder: string;
}

export interface EngineSettings {
  /** A `unix://` or `tcp://` address. */
  readonly host: string;
  readonly tlsVerify: boolean;
  readonly certPath: string | null;
  readonly apiVersion: string | null;
}

export interface RegistrySettings {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Plain HTTP, or HTTPS whose certificate is not verified. */
  readonly insecure?: boolean | undefined;
  /** A PEM file with the CA to trust for this host. */
  readonly ca?: string | undefined;
}

/** How a container follows the versions of its repository; see docs/tag-following.md. */
export interface FollowRule {
  /** A semver range, or the most that may change: `major`, `minor` or `patch`; null where the patterns decide alone. */
  readonly range: string | null;
  /** Regular expressions that a tag must, and must not, match. */
  readonly include: string | null;
  readonly exclude: string | null;
  readonly transform: Transform | null;
  readonly prerelease: boolean;
}

/** Makes of a tag the text that its version is read from. */
export interface Transform {
  readonly pattern: string;
  /** With `$1` for what the first group matches. */
  readonly replacement: string;
}

export interface FollowEntry {
  /** A pattern of the whole name of an image, without registry where that is Docker Hub. */
  readonly image: string;
  readonly rule: FollowRule | 'none';
}

/** One configured use of a plugin. */
export interface PluginUse {
  /** A built-in's name, a path, or a package. */
  readonly use: string;
  /** The instance's unique name; the plugin's own where none is given. */
  readonly name?: string | undefined;
  /** False turns a default plugin off. */
  readonly enabled?: boolean | undefined;
  readonly config?: unknown;
  /** Default plugins only: the labels, by suffix, of which a container must have one before it is loaded. */
  readonly labels?: readonly string[];
}

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** What one container's labels ask for, over the settings. */
export interface ContainerSettings {
  readonly enabled: boolean;
  readonly monitorOnly: boolean;
  readonly noPull: boolean;
  readonly stopSignal: string | null;
  /** From a label only; it wins over the container's own. */
  readonly stopTimeout: number | null;
  readonly scope: string | null;
  /** Null where no label says anything of it. */
  readonly follow: FollowRule | 'none' | null;
  /** Whether it runs once, and again each time it is updated. */
  readonly rerun: boolean;
  readonly stabilityWindow: number;
  /** 0 where an image may be used as soon as it is known. */
  readonly cooldownDelay: number;
  /** What is wrong with its labels, a sentence each; empty where nothing is. */
  readonly problems: readonly string[];
  /** Labels that disagree, a sentence each. */
  readonly warnings: readonly string[];
}

import type { ExecCommand, ExecResult } from '../plugin.ts';
import type { PullCredentials } from '../registry/port.ts';

export interface EngineInfo {
  /** The engine's own permanent id. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** The API version spoken, such as `1.41`. */
  readonly apiVersion: string;
  readonly os: string;
  readonly architecture: string;
  readonly storageDriver: string;
  /** What keeps the images: the engine as it always did, containerd, or Podman. */
  readonly imageStore: 'classic' | 'containerd' | 'podman';
  /** Limits that it reports it cannot set, such as `SwapLimit`. */
  readonly cannot: readonly string[];
  /** The folder on its machine where it keeps images and containers. */
  readonly dataRoot?: string;
  /** Whether it runs as an ordinary user, with networks that the machine itself does not reach. */
  readonly rootless?: boolean;
}

/** One row of the container list: all that a check needs. */
export interface ContainerSummary {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  /** The reference it was created with, or a bare image id where that reference has moved on. */
  readonly image: string;
  readonly imageId: string;
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `host`, `bridge`, a network's name, or `container:<id>`. */
  readonly networkMode: string;
}

export interface ImageSummary {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  /** Whether it came from a registry; `unknown` where the engine gives digests to images built on it as well. */
  readonly origin: 'registry' | 'local' | 'unknown';
  readonly size: number;
  /** When it was built, as it says itself, ISO 8601; null where it does not. */
  readonly created: string | null;
}

/** JSON as the engine gives it, carried verbatim: fields Belfry does not know must survive. */
export interface Json {
  readonly [field: string]: unknown;
}

/** `GET /images/{name}/json`, with the fields Belfry reads typed. */
export interface ImageDetails extends Json {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  readonly Created?: string;
  readonly Os: string;
  readonly Architecture: string;
  readonly Variant?: string;
  readonly Size?: number;
  readonly Config?: ImageDefaults | null;
}

/** An image's `Config`: the defaults a container inherits. */
export interface ImageDefaults extends Json {
  readonly Env?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Entrypoint?: readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Volumes?: Readonly<Record<string, object>> | null;
  readonly ExposedPorts?: Readonly<Record<string, object>> | null;
  readonly Healthcheck?: Healthcheck | null;
}

/** Durations in nanoseconds, as the engine has them. */
export interface Healthcheck {
  readonly Test?: readonly string[] | null;
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly Retries?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
}

export interface ContainerConfig extends ImageDefaults {
  readonly Image: string;
  readonly Hostname?: string;
  readonly Domainname?: string;
  readonly StopSignal?: string;
  readonly StopTimeout?: number | null;
  readonly MacAddress?: string;
}

export interface RestartPolicy {
  readonly Name: string;
  readonly MaximumRetryCount: number;
}

export interface HostConfig extends Json {
  readonly NetworkMode?: string;
  readonly PidMode?: string;
  readonly IpcMode?: string;
  readonly UTSMode?: string;
  readonly VolumesFrom?: readonly string[] | null;
  readonly Links?: readonly string[] | null;
  readonly AutoRemove?: boolean;
  readonly RestartPolicy?: RestartPolicy;
  readonly Binds?: readonly string[] | null;
  readonly Mounts?: readonly Json[] | null;
  readonly PortBindings?: Readonly<Record<string, unknown>> | null;
}

export interface Endpoint extends Json {
  readonly NetworkID?: string;
  readonly IPAMConfig?: Json | null;
  readonly Links?: readonly string[] | null;
  readonly Aliases?: readonly string[] | null;
  readonly MacAddress?: string;
  readonly IPAddress?: string;
  readonly GlobalIPv6Address?: string;
  readonly Gateway?: string;
  readonly DriverOpts?: Json | null;
  readonly GwPriority?: number;
}

export interface MountPoint extends Json {
  readonly Type?: string;
  readonly Name?: string;
  readonly Source?: string;
  readonly Destination: string;
  readonly RW?: boolean;
}

export interface ContainerState extends Json {
  readonly Status: string;
  readonly Running: boolean;
  readonly Paused: boolean;
  readonly Restarting: boolean;
  readonly ExitCode: number;
  readonly Error?: string;
  readonly StartedAt?: string;
  readonly Health?: { readonly Status: string; readonly Log?: readonly { readonly Output?: string }[] | null } | null;
}

/** `GET /containers/{id}/json`, with the fields Belfry reads typed. */
export interface ContainerDetails extends Json {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly Created?: string;
  readonly RestartCount: number;
  readonly State: ContainerState;
  readonly Config: ContainerConfig;
  readonly HostConfig: HostConfig;
  readonly NetworkSettings: {
    readonly Networks?: Readonly<Record<string, Endpoint>> | null;
    readonly Ports?: Readonly<Record<string, unknown>> | null;
  };
  readonly Mounts?: readonly MountPoint[] | null;
}

/** The body of `POST /containers/create`, and the networks to connect before the start. */
export interface CreateSpec {
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
  /** In order; the first goes with the create, the others are connected after it. */
  readonly networks: readonly { readonly name: string; readonly endpoint: Endpoint }[];
}

export interface PullProgress {
  readonly layersDone: number;
  readonly layers: number;
  readonly bytesDone: number;
  readonly bytes: number;
}

/**
 * What Belfry asks of a container engine. Containers go by id or name. Every failure is an AppError with an
 * `ENGINE_…` or `PULL_…` code; `ENGINE_NOT_FOUND` and `ENGINE_CONFLICT` mean that someone else was there first.
 */
export interface Engine {
  info(): Promise<EngineInfo>;
  /** All containers, whatever their state. */
  list(): Promise<readonly ContainerSummary[]>;
  images(): Promise<readonly ImageSummary[]>;
  inspect(container: string): Promise<ContainerDetails>;
  inspectImage(image: string): Promise<ImageDetails>;
  /** Pulls `repository@digest` and resolves when the stream has ended without an error line. */
  pull(reference: string, options: PullOptions): Promise<void>;
  tag(image: string, repository: string, tag: string): Promise<void>;
  removeImage(image: string): Promise<void>;
  /** Creates without starting; connects every network of the spec. Resolves with the new id. */
  create(name: string, spec: CreateSpec): Promise<string>;
  start(container: string): Promise<void>;
  /** Resolves once the container is stopped (also if it was). `graceSeconds` -1 waits for ever. */
  stop(container: string, options: StopOptions): Promise<void>;
  /** Stops and starts it in one call, which the engine finishes whoever goes away meanwhile. */
  restart(container: string, options: StopOptions): Promise<void>;
  rename(container: string, name: string): Promise<void>;
  setRestartPolicy(container: string, policy: RestartPolicy): Promise<void>;
  /** Removes a container that is not running; with `volumes`, also its own unnamed ones. */
  remove(container: string, options: { readonly volumes: boolean }): Promise<void>;
  /** Resolves when the engine has removed the container; at once if it is gone. */
  waitRemoved(container: string, signal?: AbortSignal): Promise<void>;
  /** The last lines of both streams, oldest first. */
  logs(container: string, lines: number): Promise<readonly string[]>;
  /** Attaches to a container before it starts: the only way to see what an auto-removed one said. */
  follow(container: string): Promise<Follow>;
  /** Runs a program in a running container and waits for its end; the engine cannot end it early. */
  exec(container: string, command: ExecCommand): Promise<ExecResult>;
  /** What its own layer has changed of its image, whatever lies in mounts left out. */
  changes(container: string): Promise<readonly LayerChange[]>;
  /** The size of that layer in bytes. */
  layerSize(container: string): Promise<number>;
  /** What is known of a path in a container; null where there is nothing. */
  fileFacts(container: string, path: string): Promise<FileFacts | null>;
  /** Copies a regular file, with its owner and mode, to the same place in another container. */
  copyFile(copy: FileCopy): Promise<void>;
  /** Probes every endpoint that a replacement needs, or that running programs needs, without changing anything. */
  probe(purpose?: ProbePurpose): Promise<readonly Probe[]>;
}

export type ProbePurpose = 'replace' | 'exec';

export interface Follow {
  /** The last lines so far, oldest first. */
  lines(count: number): readonly string[];
  close(): void;
}

export interface LayerChange {
  readonly path: string;
  readonly kind: 'added' | 'changed' | 'deleted';
}

export interface FileFacts {
  /** Neither a folder nor a link nor a device. */
  readonly isRegular: boolean;
  readonly size: number;
  readonly mode: number;
  /** RFC 3339, as finely as the file system has it. */
  readonly modified: string;
}

export interface FileCopy {
  readonly from: string;
  readonly to: string;
  readonly path: string;
  /** The copy’s time of last change, in whole seconds. */
  readonly modified: Date;
}

export interface PullOptions {
  readonly credentials?: PullCredentials | undefined;
  /** `os/architecture[/variant]`, where it is not the engine's own. */
  readonly platform?: string | undefined;
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StopOptions {
  readonly signal: string | null;
  readonly graceSeconds: number | null;
}

export interface Probe {
  readonly endpoint: string;
  readonly allowed: boolean;
}

/**
 * Everything a plugin imports: `import { definePlugin, defer, z } from 'belfry/plugin'`.
 * A plugin is data and one function; a plain object of the same shape works as well.
 */
import type {
  Allow,
  Answer,
  Asked,
  Choose,
  Decision,
  Defer,
  Healthy,
  Keep,
  Plan,
  Remove,
  Unhealthy,
  Veto,
} from './decisions.ts';
import { AppError } from './errors/app-error.ts';
import type { BelfryEvent, EventOf, EventType, Workload } from './events.ts';
import type { Log } from './log.ts';
import type { Report } from './notifier/report.ts';
import type { StandardSchema } from './standard-schema.ts';

export * as z from 'zod';
export { duration, namePatterns, pattern } from './config/fields.ts';
export { type GuardedPattern, guardedPattern } from './config/guarded-pattern.ts';
export { matchesName, patternProblem } from './config/pattern.ts';
export type * from './decisions.ts';
export type * from './events.ts';
export { probeLabels } from './health/labels.ts';
export { type Asking, type Probe, probing } from './health/probing.ts';
export { probeFields } from './health/terms.ts';
export type { Attempt, Moment, ProbeTerms } from './health/until-healthy.ts';
export { type LocalTime, localTime, type Weekday } from './local-time.ts';
export type { Log } from './log.ts';
export type * from './notifier/report.ts';
export { type ProgramResult, type ProgramRun, runProgram } from './run-program.ts';
export type { StandardSchema } from './standard-schema.ts';

/** Checked when the plugin is loaded; `setup` runs once for each configured instance. */
export interface Plugin<Config = unknown> {
  /** kebab-case; the instance's name unless the configuration gives another. */
  readonly name: string;
  readonly apiVersion: 1;
  /** One sentence for `belfry plugins`. */
  readonly summary: string;
  /** Any Standard Schema; none means that the plugin takes no configuration. */
  readonly config?: StandardSchema<Config>;
  /** The same as JSON Schema, for editors; needed only where `config` cannot say it itself (zod, ArkType and others can). */
  readonly configJsonSchema?: Readonly<Record<string, unknown>>;
  /** The labels it reads, each suffix with a sentence: `belfry.SUFFIX` then counts as known. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What the plugin needs from Belfry and so finds on its context. */
  readonly requires?: readonly Capability[];
  /**
   * How long it may take to answer what is asked about a plan, in milliseconds, where that is more than anybody gets;
   * decisions.ts says how much more.
   */
  readonly patience?: (config: Config, plan: Plan) => number;
  /** Notifiers: where messages go, such as a host name; instances with the same one share its limits. */
  readonly destination?: (config: Config) => string;
  /** Notifiers: how much one message may hold. */
  readonly budget?: Budget;
  /** Notifiers: how fast the destination takes messages; five at once and then one a second unless given. */
  readonly pace?: Pace;
  /** Called once for each configured instance, at most 10 s; returns what it takes part in. */
  readonly setup: (context: PluginContext<Config>) => Wiring | Promise<Wiring>;
}

/** What a service takes in one message; `belfry/notifier` keeps to it before anything is sent. */
export interface Budget {
  /** What `limit` counts; UTF-16 units are what a JavaScript string's length counts. */
  readonly unit: 'characters' | 'bytes' | 'utf-16';
  readonly limit: number;
  /** At most so many blocks, in services that have such. */
  readonly blocks?: number;
}

/** So many messages at once, then one each `every` milliseconds. */
export interface Pace {
  readonly burst: number;
  readonly every: number;
}

export type Capability = 'state' | 'routes' | 'logs' | 'exec' | 'registry';

export interface PluginContext<Config> {
  /** The instance's unique name. */
  readonly instance: string;
  readonly config: Config;
  /** The configuration file's folder, absolute: what relative paths in the configuration start from. */
  readonly folder: string;
  readonly log: Log;
  /** One HTTP request with a total deadline; never follows redirects. */
  readonly http: Http;
  readonly now: () => Date;
  /** Masks the secrets of the configuration in a text, in every form. */
  readonly redact: (text: string) => string;
  /** Resolves after so many milliseconds, or rejects when the signal aborts. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Belfry's own, as `Europe/Berlin`. It is found out when it is first read, which takes a while and some memory. */
  readonly timeZone: string;
  /** Aborts when the instance is disposed of. */
  readonly signal: AbortSignal;
  /** With `requires: ['state']`: the workload as the engine sees it now. */
  readonly state: (workload: Workload) => Promise<WorkloadState>;
  /** With `requires: ['routes']`: the ways from Belfry to one of its TCP ports, likeliest first. */
  readonly routes: (workload: Workload, port: number) => Promise<Routes>;
  /** With `requires: ['logs']`: its last lines, oldest first. */
  readonly logs: (workload: Workload, lines: number) => Promise<readonly string[]>;
  /** With `requires: ['exec']`: runs a program in the running workload and waits for its end. */
  readonly exec: (workload: Workload, command: ExecCommand) => Promise<ExecResult>;
  /** With `requires: ['registry']`: reads with the credentials that Belfry has for it. */
  readonly registry: RegistryReads;
}

/** A program to run in a workload. When the signal aborts it is waited for no longer, and runs on. */
export interface ExecCommand {
  /** The program and its arguments; no shell takes part. */
  readonly argv: readonly string[];
  /** `user[:group]`, by name or id; the workload's own unless given. */
  readonly user?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds; 60,000 by default. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}
export interface ExecResult {
  readonly exitCode: number;
  /** The last 64 KiB of both its streams. */
  readonly output: string;
}

/** Content of the repository that an image reference names; null where the registry has none by that name. */
export interface RegistryReads {
  /** A manifest by tag or digest, byte for byte. */
  manifest(image: string, tagOrDigest: string): Promise<Uint8Array | null>;
  /** A blob of at most 4 MiB; its digest has been verified. */
  blob(image: string, digest: string): Promise<Uint8Array | null>;
}

export type Http = (request: HttpRequest) => Promise<HttpResponse>;
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds for the whole exchange; 15,000 by default. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Takes any certificate. */
  readonly insecure?: boolean;
}
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 64 KiB of it. */
  readonly body: string;
}

/** A running or stopped workload. Durations in milliseconds. */
export interface WorkloadState {
  readonly status: string;
  readonly running: boolean;
  readonly restarting: boolean;
  readonly exitCode: number;
  readonly restarts: number;
  /** ISO 8601; null where it never ran. */
  readonly startedAt: string | null;
  readonly health: 'starting' | 'healthy' | 'unhealthy' | 'none';
  /** The last health check's output, where there is one. */
  readonly healthOutput: string | null;
  /** Null where the workload has no health check. */
  readonly healthcheck: HealthcheckTerms | null;
  /** Where it can be reached, in the order of its networks' names; empty where it has no network of its own. */
  readonly addresses: readonly WorkloadAddress[];
  /** The ports it publishes on the engine's machine. */
  readonly publishedPorts: readonly PublishedPort[];
}
export interface WorkloadAddress {
  readonly network: string;
  /** IPv4 or IPv6, without a prefix length. */
  readonly address: string;
}
export interface PublishedPort {
  readonly port: number;
  readonly protocol: string;
  readonly hostAddress: string;
  readonly hostPort: number;
}
export interface Routes {
  readonly routes: readonly Route[];
  /** A sentence that says why there is none; null where there are some. */
  readonly obstacle: string | null;
}
export interface Route {
  readonly host: string;
  readonly port: number;
}
export interface HealthcheckTerms {
  readonly startPeriod: number;
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
}

/** What `setup` returns. Any other key is an error that names the nearest right one. */
export interface Wiring {
  /** Before a cycle looks at anything. An error is a warning. */
  readonly beforeCycle?: Decide<'beforeCycle'>;
  /** Whether the update may begin: asked before any pull, in checks and dry runs too. An error refuses it. */
  readonly beforeUpdate?: Decide<'beforeUpdate'>;
  /** The last moment to say no: the new container is made, the old one still runs. An error refuses the update. */
  readonly beforeReplace?: Decide<'beforeReplace'>;
  /** Whether the new container, which is `plan.workload`, is well. All must agree; an error rolls back. */
  readonly checkHealth?: Decide<'checkHealth'>;
  /** The update is done and verified. An error is a warning. */
  readonly afterUpdate?: Decide<'afterUpdate'>;
  /** The original is back. An error is a warning. */
  readonly afterRollback?: Decide<'afterRollback'>;
  /** Which images may go that nothing needs; asked in dry runs too. What one keeps stays, and an error keeps all. */
  readonly selectCleanup?: Decide<'selectCleanup'>;
  /** A cycle has ended. An error is a warning. */
  readonly afterCycle?: Decide<'afterCycle'>;
  /** Live and best effort: when the mailbox is full, the oldest event is dropped and counted. */
  readonly on?: { readonly [Type in EventType]?: (event: EventOf<Type>) => unknown };
  /** Makes the plugin a notifier: it is fed from the journal, at least once, in order. */
  readonly deliver?: (message: Message, context: DeliveryContext) => Promise<DeliveryAnswer> | DeliveryAnswer;
  /** Notifiers: what `deliver` would send, for `belfry notify preview`. It sends nothing itself. */
  readonly preview?: (message: Message, context: DeliveryContext) => Promise<Preview> | Preview;
  /** Called when Belfry ends, or the configuration is read anew; at most 5 s. */
  readonly dispose?: () => unknown;
}

/** It gets its subject, frozen, and a signal that aborts when its time is over; `undefined` is no opinion. */
type Decide<D extends Decision> = (
  subject: Asked<D>,
  context: { readonly signal: AbortSignal },
) => Answer<D> | undefined | Promise<Answer<D> | undefined>;

/** What a notifier is given: the report of a cycle, of one event, or of several cycles; or a sample for a test. */
export interface Message {
  readonly kind: Report['kind'];
  readonly report: Report;
  /** What happened, where the message tells of one event; for a `run` its `finished`. */
  readonly event: BelfryEvent | null;
}

export interface DeliveryContext {
  /** The same for every attempt, also across restarts. */
  readonly id: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** After `shrink`, `compact` and then `text`; after `downgrade`, `text`: short and without any formatting. */
  readonly form: 'full' | 'compact' | 'text';
  readonly signal: AbortSignal;
}

/** What a notifier would send. */
export interface Preview {
  /** What people would read of it, without formatting. */
  readonly text: string;
  /** The requests, in order; or whatever its service is given in their place, as plain JSON. */
  readonly sends: readonly unknown[];
}

export type DeliveryAnswer =
  | { readonly outcome: 'sent' }
  /** Taken over by a service that does not say whether it was shown. */
  | { readonly outcome: 'accepted' }
  /** `after` in milliseconds, where the destination says when. */
  | { readonly outcome: 'retry'; readonly why: string; readonly after?: number }
  /** Too long for the service. */
  | { readonly outcome: 'shrink'; readonly why: string }
  /** The service does not take the format. */
  | { readonly outcome: 'downgrade'; readonly why: string }
  | { readonly outcome: 'permanent'; readonly why: string };

/** Gives a plugin its types; it returns what it is given. */
export function definePlugin<Config>(plugin: Plugin<Config>): Plugin<Config> {
  return plugin;
}

/** Nothing speaks against it; other gates are still asked. */
export const allow = (): Allow => ({ verdict: 'allow' });
/** Not this one. People read the reason: a sentence that says what to do. */
export const veto = (reason: string): Veto => ({ verdict: 'veto', reason });
/** Not now; `until` says when, where that is known. People read the reason. */
export const defer = (reason: string, until?: Date): Defer =>
  until === undefined ? { verdict: 'defer', reason } : { verdict: 'defer', reason, until: until.toISOString() };
/** To be thrown where nothing is wrong with the plugin, but what it was told to run has failed. */
export const hookFailed = (reason: string): Error => new AppError('HOOK_FAILED', reason);
/** The new container is well, as far as this check goes. */
export const healthy = (): Healthy => ({ verdict: 'healthy' });
/** It is not: the update is rolled back. People read the reason. */
export const unhealthy = (reason: string): Unhealthy => ({ verdict: 'unhealthy', reason });
/** Image ids that must stay, whatever other policies say. */
export const keep = (images: readonly string[]): Keep => ({ verdict: 'keep', images });
/** Image ids that may go. */
export const remove = (images: readonly string[]): Remove => ({ verdict: 'remove', images });
/** Some to keep and some that may go, by id. */
export const choose = ({ keep, remove }: Omit<Choose, 'verdict'>): Choose => ({ verdict: 'choose', keep, remove });

import * as z from 'zod';
import { withFaults } from '../hosting/faults.ts';
import type {
  Budget,
  DeliveryAnswer,
  DeliveryContext,
  Http,
  HttpRequest,
  HttpResponse,
  Log,
  Message,
  Pace,
  Plugin,
  PluginContext,
} from '../plugin.ts';
import type { StandardSchema } from '../standard-schema.ts';
import { type Composed, type Composition, compose, type Size } from './compose.ts';
import { type NotifierConfig, notifierConfig } from './config.ts';
import { faultsOf } from './faults.ts';
import { type Markup, markups } from './markup.ts';
import { previewOf } from './preview-of.ts';
import type { Report } from './report.ts';
import { createScrub, type Scrub } from './scrub.ts';
import { selectReport } from './select.ts';
import { sendOut } from './send-out.ts';
import { compileTemplate } from './template.ts';

/** What a channel states of itself; the toolkit does the rest. */
export interface Notifier<Own extends z.ZodRawShape, Content = never> {
  readonly name: string;
  readonly summary: string;
  /** The settings it has beside those that all notifiers have. */
  readonly config: Own;
  /** What a schema cannot say of the settings: what is wrong, or undefined. */
  readonly check?: (config: ConfigOf<Own>) => string | undefined;
  /** Where messages go, such as a host name; instances with the same one share its limits. */
  readonly destination: (config: ConfigOf<Own>) => string;
  /** How much one message may hold. */
  readonly budget: Budget | ((config: ConfigOf<Own>) => Budget);
  /** How fast the destination takes messages; five at once and then one a second unless given. */
  readonly pace?: Pace;
  /** How the service marks text up: one of `markups`, or its own. Plain text unless given. */
  readonly markup?: Markup | ((config: ConfigOf<Own>) => Markup);
  /** The service shows the title by itself, so the text does not begin with it. */
  readonly ownTitle?: boolean;
  /** At most so many lines of a log; 6 unless given. */
  readonly logLines?: number;
  /** What it makes of a report, where that is more than marked-up text. Called with less and less until it fits. */
  readonly layout?: (report: Report, context: LayoutContext<Own>) => Content;
  /** Whether what a user's template has made can be sent; everything can unless given. */
  readonly accepts?: (text: string, config: ConfigOf<Own>) => boolean;
  /** How large what goes out is, where that is not the length of the text, or of the content as JSON. */
  readonly measure?: (content: Content | string) => Size;
  /** The request that carries a message; several are sent one after the other. */
  readonly request?: (message: Outgoing<Own, Content>) => HttpRequest | readonly HttpRequest[];
  /** What an answer means, where it differs from what most services mean by it. */
  readonly answer?: (response: HttpResponse | Error, usual: DeliveryAnswer) => DeliveryAnswer;
  /** In place of `request`, for services that are not reached by one. */
  readonly send?: (message: Outgoing<Own, Content>) => Promise<DeliveryAnswer>;
  /**
   * What `send` would send, for `belfry notify preview`: as plain JSON; or `requests` where it reaches its service by
   * `http` alone, so that what it asks there can be written down instead of sent. With `request` nothing is needed.
   */
  readonly preview?: 'requests' | ((message: Outgoing<Own, Content>) => unknown);
}

export type ConfigOf<Own extends z.ZodRawShape> = NotifierConfig & z.output<z.ZodObject<Own>>;

interface LayoutContext<Own extends z.ZodRawShape> {
  readonly config: ConfigOf<Own>;
  /** Whom to call, as the service writes it; null where the report is not worth it. */
  readonly mention: string | null;
}

/** A message on its way out. */
export interface Outgoing<Own extends z.ZodRawShape, Content = never> extends Composed<Content> {
  readonly config: ConfigOf<Own>;
  readonly mention: string | null;
  readonly message: Message;
  /** The same for every attempt, also across restarts. */
  readonly id: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly http: Http;
  readonly log: Log;
  /** The configuration file's folder, absolute. */
  readonly folder: string;
  readonly now: Date;
  /** Masks secrets in what is taken from elsewhere; all that is composed went through it. */
  readonly scrub: Scrub;
}

/** A notifier as a plugin: it selects, renders, keeps to the budget, leaves out secrets and reads the answers. */
export function defineNotifier<Own extends z.ZodRawShape, Content = never>(
  notifier: Notifier<Own, Content>,
): Plugin<ConfigOf<Own>> {
  type Config = ConfigOf<Own>;
  const { name, summary, destination, budget, pace, markup } = notifier;
  const stated = {
    ...{ name, apiVersion: 1 as const, summary, destination },
    ...(typeof budget === 'function' ? {} : { budget }),
    ...(pace === undefined ? {} : { pace }),
  };
  const faults = faultsOf(notifier);
  if (faults.length > 0) return withFaults({ ...stated, setup: () => ({}) }, faults);
  return {
    ...stated,
    config: schemaOf(notifier),
    setup: (context: PluginContext<Config>) => {
      const { config } = context;
      const scrub = createScrub(config, context.redact);
      const templates = {
        title: config.template?.title && compileTemplate(config.template.title, `${context.instance}: template.title`),
        body: config.template?.body && compileTemplate(config.template.body, `${context.instance}: template.body`),
      };
      const outgoingOf = (message: Message, delivery: DeliveryContext): Outgoing<Own, Content> => {
        const report = wanted(message.report, config);
        const untitled = config.skipTitle && notifier.layout === undefined;
        const mention = mentionOf(report, config);
        const composition: Composition<Content> = {
          budget: typeof budget === 'function' ? budget(config) : budget,
          markup: (typeof markup === 'function' ? markup(config) : markup) ?? markups.plain,
          ownTitle: (notifier.ownTitle ?? false) && !untitled,
          layout: notifier.layout && ((shrunk) => notifier.layout?.(shrunk, { config, mention }) as Content),
          measure: notifier.measure,
          logLines: notifier.logLines ?? 6,
          accepts: notifier.accepts && ((text) => notifier.accepts?.(text, config) === true),
          templates: { title: templates.title || undefined, body: templates.body || undefined },
          scrub,
        };
        const made = compose(report, delivery.form, composition);
        const composed = untitled ? { ...made, title: '' } : made;
        if (composed.problem !== null) context.log.warn(`a template was not used: ${composed.problem}`);
        const { id, attempt, signal } = delivery;
        const around = {
          config,
          mention,
          message,
          id,
          attempt,
          signal,
          now: context.now(),
          http: context.http,
          log: context.log,
          folder: context.folder,
          scrub,
        };
        return { ...composed, ...around };
      };
      return {
        deliver: (message: Message, delivery: DeliveryContext) => sendOut(notifier, outgoingOf(message, delivery)),
        preview: (message: Message, delivery: DeliveryContext) => previewOf(notifier, outgoingOf(message, delivery)),
      };
    },
  };
}

function schemaOf<Own extends z.ZodRawShape, Content>({ config, check }: Notifier<Own, Content>) {
  const schema = z.strictObject({ ...config, ...notifierConfig }).superRefine((value, context) => {
    if (context.issues.length > 0) return;
    const given = value as unknown as ConfigOf<Own>;
    const problem = check?.(given);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    if (given.delivery === 'digest' && given.schedule === undefined) {
      context.addIssue({
        code: 'custom',
        message: 'A digest needs a schedule, such as `0 8 * * *`.',
        path: ['schedule'],
      });
    }
  });
  return schema as unknown as StandardSchema<ConfigOf<Own>>;
}

function wanted(report: Report, { select, hostUrl, tag }: NotifierConfig): Report {
  const selected = report.kind === 'test' ? report : selectReport(report, select);
  return {
    ...selected,
    ...(hostUrl === undefined ? {} : { hostUrl }),
    ...(tag === undefined ? {} : { title: `[${tag}] ${selected.title}` }),
  };
}

function mentionOf({ kind, counts }: Report, { mention }: NotifierConfig): string | null {
  const worth = mention?.on.filter((what) => kind !== 'all-quiet' || what === 'down' || what === 'failed') ?? [];
  return mention !== undefined && worth.some((what) => counts[what] > 0) ? mention.who : null;
}

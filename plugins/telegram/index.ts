import { classifyHttp, defineNotifier } from 'belfry/notifier';
import { type DeliveryAnswer, type HttpResponse, z } from 'belfry/plugin';
import { markup, takeApart } from './entities.ts';

const config = {
  token: z
    .string()
    .regex(/^\d+:[\w-]+$/, 'A token looks like 123456:ABC-DEF.')
    .describe('The bot’s token, as @BotFather gives it.')
    .meta({ writeOnly: true }),
  chat: z
    .union([z.int(), z.string().regex(/^(?:-?\d+|@\w+)$/, 'A chat is a number, or the @name of a public channel.')])
    .describe('The chat to send to: its number, such as `-1001234567890`, or the `@name` of a public channel.'),
  thread: z.int().min(1).optional().describe('The number of a topic of the chat.'),
  silent: z.boolean().default(true).describe('Whether messages that ask for nothing arrive without a sound.'),
  api: z
    .url({ protocol: /^https?$/ })
    .default('https://api.telegram.org')
    .describe('The Bot API, Telegram’s or a server of your own.'),
};

export default defineNotifier({
  name: 'telegram',
  summary: 'Sends reports to a Telegram chat, group or channel through a bot.',
  config,
  destination: ({ api, chat }) => `${new URL(api).host}/${chat}`,
  // 4,096 in all, with whom it calls.
  budget: { unit: 'utf-16', limit: 4000 },
  markup,
  measure: (marked) => ({ size: takeApart(String(marked)).text.length }),
  preview: 'requests',
  async send({ config: { token, chat, thread, silent, api }, report, text, plain, mention, http, signal, now }) {
    const { text: shown, entities } = plain ? { text, entities: [] } : takeApart(text);
    const post = (to: number | string) => {
      const body = {
        chat_id: to,
        ...(thread === undefined ? {} : { message_thread_id: thread }),
        text: mention === null ? shown : `${shown}\n${mention}`,
        entities,
        link_preview_options: { is_disabled: true },
        disable_notification: silent && (report.severity === 'info' || report.severity === 'notice'),
      };
      const url = `${api.replace(/\/+$/, '')}/bot${token}/sendMessage`;
      const headers = { 'content-type': 'application/json' };
      return http({ method: 'POST', url, headers, body: JSON.stringify(body), signal }).catch(asError);
    };
    const answer = await post(chat);
    const moved = parametersOf(answer).migrate_to_chat_id;
    return understood(moved === undefined ? answer : await post(moved), now);
  },
});

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

interface Parameters {
  readonly retry_after?: number;
  /** Where the group has become a supergroup. */
  readonly migrate_to_chat_id?: number;
}

function parametersOf(response: HttpResponse | Error): Parameters {
  if (response instanceof Error) return {};
  try {
    return (JSON.parse(response.body) as { readonly parameters?: Parameters }).parameters ?? {};
  } catch {
    return {};
  }
}

function understood(response: HttpResponse | Error, now: Date): DeliveryAnswer {
  const usual = classifyHttp(response, now);
  if (response instanceof Error) return usual;
  const { retry_after: seconds } = parametersOf(response);
  if (usual.outcome === 'retry' && seconds !== undefined) return { ...usual, after: Math.max(1, seconds) * 1000 };
  if (usual.outcome !== 'downgrade') return usual;
  if (/too long/.test(response.body)) return { outcome: 'shrink', why: usual.why };
  return /chat not found|thread not found|not enough rights|kicked|blocked/.test(response.body)
    ? { outcome: 'permanent', why: usual.why }
    : usual;
}

import { defineNotifier, markups, type Outgoing, reportText } from 'belfry/notifier';
import { runProgram, z } from 'belfry/plugin';

const config = {
  command: z
    .array(z.string().min(1))
    .min(1)
    .describe('The program and its arguments, such as `["./tell.sh", "ops"]`; no shell takes part.'),
  input: z
    .enum(['json', 'text'])
    .default('json')
    .describe('What it finds on its standard input: the report as JSON, or as text.'),
  env: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/), z.string())
    .default({})
    .describe('What it finds in its environment beside PATH and the BELFRY_… variables.')
    .meta({ writeOnly: true }),
  timeout: z.number().min(1).max(25).default(15).describe('Seconds until it is ended, with all that it has started.'),
};

type Own = typeof config;

/** What sysexits.h has for “try again later”. */
const later = 75;

export default defineNotifier<Own, object>({
  name: 'script',
  summary: 'Hands reports to a program of yours.',
  config,
  destination: ({ command }) => command.join(' '),
  budget: { unit: 'bytes', limit: 1_000_000 },
  markup: markups.plain,
  logLines: 20,
  layout: (report) => report,
  preview: runOf,
  async send(outgoing) {
    const { config, folder, signal } = outgoing;
    const { timeout } = config;
    try {
      const { exitCode, timedOut, output } = await runProgram({
        ...runOf(outgoing),
        ...{ timeout: timeout * 1000, folder, signal },
      });
      if (exitCode === 0) return { outcome: 'sent' };
      const why = timedOut
        ? `it did not end within ${timeout} s`
        : `it ended with ${exitCode ?? 'a signal'}${said(output)}`;
      return timedOut || exitCode === later ? { outcome: 'retry', why } : { outcome: 'permanent', why };
    } catch (error) {
      return { outcome: 'retry', why: error instanceof Error ? error.message : String(error) };
    }
  },
});

/** The program, and what it is given. */
function runOf({ config, content, report, text, id, attempt, title }: Outgoing<Own, object>) {
  const { command, input, env } = config;
  const asText = content === null ? text : reportText(report);
  return {
    argv: command,
    env: {
      ...env,
      ...{ BELFRY_MESSAGE_ID: id, BELFRY_ATTEMPT: String(attempt), BELFRY_TITLE: title },
      ...{ BELFRY_SEVERITY: report.severity, BELFRY_HOST: report.host, BELFRY_KIND: report.kind },
    },
    input: input === 'json' && content !== null ? JSON.stringify(content) : asText,
  };
}

function said(output: string): string {
  const last = output.trimEnd().split('\n').at(-1)?.slice(0, 200) ?? '';
  return last === '' ? '' : `: ${last}`;
}

import assert from 'node:assert/strict';
import { runReport } from '../../core/notifier/build-report.ts';
import type { Report } from '../../core/notifier/report.ts';
import type { DeliveryContext, HttpRequest, HttpResponse, Plugin } from '../../core/plugin.ts';
import { reportFixtures, sampleFinished, sampleLine } from './reports.ts';
import { sampleVersion, sampleWorkload } from './samples.ts';
import { createTestHost, type TestHost } from './test-host.ts';

export interface TestNotifierOptions {
  /** As it would stand in the configuration file. */
  readonly config: object;
  /** The service: throws where it would take the request for invalid, or answers; 200 with `ok` unless it does. */
  // biome-ignore lint/suspicious/noConfusingVoidType: what only asserts returns void, and must be taken.
  readonly accepts?: (request: HttpRequest, report: Report) => HttpResponse | undefined | void;
  /** For notifiers without requests: what their service got since the last call, as texts. */
  readonly received?: () => readonly string[];
  /** More reports, beside all the fixtures. */
  readonly reports?: readonly Report[];
}

const forms: readonly DeliveryContext['form'][] = ['full', 'compact', 'text'];

/**
 * Sends every fixture report through a notifier, in every form, and checks that each is taken, says in its beginning
 * whether someone must act, and holds none of the secrets that were planted into it. Rejects with what is wrong.
 */
export async function testNotifier<Config>(plugin: Plugin<Config>, options: TestNotifierOptions): Promise<void> {
  const sent: string[] = [];
  let current: Report | undefined;
  const host = await createTestHost(plugin, {
    config: options.config,
    secrets: [plantedSecret],
    http: async (request) => {
      sent.push(`${Object.entries(request.headers ?? {}).join('\n')}\n${request.body ?? ''}`);
      const answer = current && options.accepts?.(request, current);
      return typeof answer === 'object' ? answer : { status: 200, headers: {}, body: 'ok' };
    },
  });
  const got = () => [...sent.splice(0), ...(options.received?.() ?? [])];
  const reports = [
    ...reportFixtures,
    ...(options.reports ?? []).map((report) => ({ name: 'a report of its own', report })),
  ];
  for (const { name, report } of reports) {
    await host.preview({ kind: report.kind, report, event: null });
    assert.deepEqual(got(), [], `${name}: a preview sends something`);
    for (const form of forms) {
      current = report;
      const texts = await deliver(host, report, form, got).catch((error: unknown) => {
        throw new assert.AssertionError({ message: `${name} (${form}): ${String(error)}` });
      });
      assert.ok(
        texts.some((text) => saysWhetherToAct(text, report)),
        `${name} (${form}) does not say whether to act: ${texts[0]?.slice(0, 400)}`,
      );
    }
  }
  for (const form of forms) {
    current = plantedReport();
    const texts = await deliver(host, current, form, got);
    for (const secret of [plantedSecret, ...formsOf(plantedSecret), ...lookAlikes]) {
      assert.ok(!texts.some((text) => text.includes(secret)), `a secret is sent (${form}): ${secret}`);
    }
  }
  await host.dispose();
}

async function deliver(
  host: TestHost,
  report: Report,
  form: DeliveryContext['form'],
  got: () => readonly string[],
): Promise<readonly string[]> {
  const answer = await host.deliver({ kind: report.kind, report, event: null }, { form });
  const why = 'why' in answer ? answer.why : '';
  assert.ok(answer.outcome === 'sent' || answer.outcome === 'accepted', `${answer.outcome}: ${why}`);
  return got();
}

/** The title's end, as every encoding of a text leaves it. */
function saysWhetherToAct(text: string, { title }: Report): boolean {
  const said = /(act now|have a look|nothing to do|when it suits you)/.exec(title)?.[1] ?? title;
  return [said, encodeURIComponent(said), said.replaceAll(' ', '+')].some((form) => text.includes(form));
}

const plantedSecret = 'pl4nted "secret"/+ü';

function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const inJson = JSON.stringify(secret).slice(1, -1);
  return [encodeURIComponent(secret), bytes.toString('base64'), bytes.toString('base64url'), inJson];
}

const lookAlikes = [
  'T0PLANTED/B0PLANTED/planted0planted0planted0',
  'eyJhbGciOiJIUzI1NiJ9.eyJwbGFudGVkIjoxfQ.c2lnbmF0dXJlLXBsYW50ZWQ',
  'AKIAPLANTEDPLANTED01',
  'planted-password-in-a-url',
];

function plantedReport(): Report {
  const [hook, jwt, aws, password] = lookAlikes;
  const told = [plantedSecret, ...formsOf(plantedSecret), jwt, aws].join(' ');
  const urls = `https://hooks.slack.com/services/${hook} postgres://app:${password}@db/x`;
  const line = sampleLine('web', {
    state: 'failed',
    workload: sampleWorkload({ name: `web-${plantedSecret}`, labels: { 'belfry.notify': told } }),
    from: sampleVersion({ version: plantedSecret }),
    to: sampleVersion({
      version: `${plantedSecret}2`,
      source: `https://x.example/${encodeURIComponent(plantedSecret)}`,
    }),
    outcome: 'down',
    phase: 'start',
    problem: { code: 'START_FAILED', message: `${told} ${urls}`, hint: told },
    logTail: [told, urls, plantedSecret],
  });
  const deliveryProblems = [`${told} ${urls}`];
  return runReport(sampleFinished([line]), { id: 'msg_1', now: new Date(), deliveryProblems, warnings: [told] });
}

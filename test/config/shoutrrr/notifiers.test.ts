import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { parseArguments } from '../../../core/cli/arguments.ts';
import { loadSettings } from '../../../core/config/load.ts';
import { pluginsInForce } from '../../../core/config/plugins.ts';
import { AppErrors } from '../../../core/errors/app-error.ts';
import { compileTemplate } from '../../../core/notifier/template.ts';

const slack = 'slack://hook:T00000000-B00000000-CANARYcanaryCANARYcanary0@webhook';
const slackUrl = 'https://hooks.slack.com/services/T00000000/B00000000/CANARYcanaryCANARYcanary0';
const generic = 'generic+https://example.org/hook';

async function load(env: Record<string, string>, { line = '', cwd = '/nowhere' } = {}) {
  const { flags } = parseArguments(line.split(' ').filter(Boolean));
  const loaded = await loadSettings({ flags, env, cwd });
  return { ...loaded, notifiers: loaded.settings.notifiers };
}

async function problemsOf(env: Record<string, string>, at: { line?: string; cwd?: string } = {}) {
  const error: unknown = await load(env, at).then(
    () => assert.fail('nothing is wrong'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof AppErrors);
  return error.errors.map(({ code, message }) => `${code} ${message}`);
}

async function folderWith(t: TestContext, files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp('/tmp/belfry-notifiers-');
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

const configAs = <Config>(use: { readonly config?: unknown } | undefined) => use?.config as Config | undefined;

describe('notifiers that addresses stand for', () => {
  test('come from variables, and from flags in their place, each of which is one address', async () => {
    const env = { WATCHTOWER_NOTIFICATION_URL: `${slack}, ${generic}` };
    assert.deepEqual((await load(env)).notifiers, [
      { use: 'slack', name: 'slack', config: { url: slackUrl } },
      { use: 'webhook', name: 'webhook', config: { url: 'https://example.org/hook', mode: 'text' } },
    ]);
    const ntfy = 'ntfy://ntfy.sh/a?click=x,https://y';
    const line = `--notification-url ${ntfy} --notification-url=${generic}`;
    assert.deepEqual(
      (await load(env, { line })).notifiers.map(({ name }) => name),
      ['ntfy', 'webhook'],
    );
    assert.deepEqual(
      (await load({ ...env, BELFRY_NOTIFICATION_URL: generic })).notifiers.map(({ name }) => name),
      ['webhook'],
    );
  });

  test('come from the file and from files of addresses', async (t) => {
    const cwd = await folderWith(t, {
      'belfry.json': JSON.stringify({ notificationUrl: [`$\{file:one}`, 'more'], hostName: 'nas' }),
      one: `${generic}\n`,
      more: `# two\n${slack}\n\n${generic}\n`,
    });
    const { notifiers, settings, redact } = await load({}, { cwd });
    assert.deepEqual(
      notifiers.map(({ name }) => name),
      ['webhook', 'slack', 'webhook-2'],
    );
    assert.equal(settings.hostName, 'nas');
    assert.equal(redact(`to ${slackUrl}`), 'to •••');
  });

  test('have names that none of the configured plugins has, and come behind those', async (t) => {
    const plugins = [
      { use: 'slack', config: { url: slackUrl } },
      { use: './x.mts', name: 'webhook-2' },
    ];
    const cwd = await folderWith(t, { 'belfry.json': JSON.stringify({ plugins }) });
    const { settings } = await load({ WATCHTOWER_NOTIFICATION_URL: `${slack} ${generic} ${generic}` }, { cwd });
    const names = pluginsInForce({ ...settings, lifecycleHooks: true }).map(({ use, name }) => name ?? use);
    assert.deepEqual(names.slice(-6), ['slack', 'webhook-2', 'slack-2', 'webhook', 'webhook-3', 'lifecycle']);
  });

  test('are told what the settings for all of them say', async () => {
    const configOf = async (env: Record<string, string>) =>
      (await load({ WATCHTOWER_NOTIFICATION_URL: slack, ...env })).notifiers[0]?.config;
    const url = slackUrl;
    const failures = { select: { severity: 'error' } };
    assert.deepEqual(await configOf({ WATCHTOWER_NOTIFICATIONS_LEVEL: 'error' }), { url, ...failures });
    assert.deepEqual(await configOf({ WATCHTOWER_NOTIFICATIONS_LEVEL: 'warn' }), { url, ...failures });
    assert.deepEqual(await configOf({ WATCHTOWER_NOTIFICATIONS_LEVEL: 'trace' }), { url });
    assert.deepEqual(await configOf({ WATCHTOWER_NOTIFICATION_SPLIT_BY_CONTAINER: 'true' }), {
      url,
      delivery: 'immediate',
    });
    assert.deepEqual(await configOf({ WATCHTOWER_NOTIFICATION_TITLE_TAG: 'nas' }), { url, tag: 'nas' });
    assert.deepEqual(await configOf({ WATCHTOWER_NOTIFICATION_SKIP_TITLE: 'true' }), { url, skipTitle: true });
    assert.deepEqual(await configOf({ WATCHTOWER_NOTIFICATION_REPORT: 'true' }), { url });
    const { settings } = await load({ WATCHTOWER_NOTIFICATIONS_HOSTNAME: 'nas' });
    assert.equal(settings.hostName, 'nas');
  });

  test('are refused all at once, without any of their address', async () => {
    const url = 'slack://xoxb:canarycanary@C1 pushover://shoutrrr:canarycanary@u /run/canarycanary ntfy://ntfy.sh';
    const env = {
      WATCHTOWER_NOTIFICATION_URL: url,
      WATCHTOWER_NOTIFICATIONS: 'gotify,pager',
      WATCHTOWER_CLEANUP: 'yes',
    };
    const problems = await problemsOf(env, { line: '--porcelain v2' });
    assert.doesNotMatch(problems.join('\n'), /canary/);
    assert.deepEqual(
      problems.map((text) => text.replace(/(•••).*/, '$1')),
      [
        'VARIABLE_INVALID WATCHTOWER_CLEANUP: "yes" is not true or false.',
        'NOTIFICATION_URL_INVALID WATCHTOWER_NOTIFICATION_URL, 1 of 4: slack://•••',
        'NOTIFICATION_SERVICE_UNKNOWN WATCHTOWER_NOTIFICATION_URL, 2 of 4: pushover://•••',
        'NOTIFICATION_URL_INVALID WATCHTOWER_NOTIFICATION_URL, 3 of 4: •••',
        'NOTIFICATION_URL_INVALID WATCHTOWER_NOTIFICATION_URL, 4 of 4: ntfy://•••',
        'NOTIFICATION_SETTING_MISSING WATCHTOWER_NOTIFICATIONS asks for gotify, and WATCHTOWER_NOTIFICATION_GOTIFY_URL, WATCHTOWER_NOTIFICATION_GOTIFY_TOKEN are missing.',
        'NOTIFICATION_SERVICE_UNKNOWN WATCHTOWER_NOTIFICATIONS: pager is none of email, slack, msteams, gotify, shoutrrr.',
        'FLAG_INVALID --porcelain: "v2" is neither v1 nor json.',
      ],
    );
  });

  test('are warned of where something is asked for in vain, and where messages differ', async () => {
    const { warnings, notes } = await load({
      WATCHTOWER_NOTIFICATION_URL: `${slack}?color=good`,
      WATCHTOWER_NOTIFICATIONS_DELAY: '5',
    });
    assert.deepEqual(warnings, [
      'WATCHTOWER_NOTIFICATIONS_DELAY is ignored: messages wait in the outbox until they can be delivered.',
      'WATCHTOWER_NOTIFICATION_URL: slack://•••: color is ignored: colours say how urgent a message is.',
    ]);
    assert.ok(notes.some((note) => note.startsWith('Messages are sent when there is something to tell')));
  });

  test('name what is missing by the flags of those who use flags', async () => {
    assert.deepEqual(await problemsOf({}, { line: '-n msteams' }), [
      'NOTIFICATION_SETTING_MISSING -n asks for msteams, and --notification-msteams-hook is missing.',
    ]);
    assert.deepEqual(await problemsOf({ WATCHTOWER_NOTIFICATIONS: 'msteams' }), [
      'NOTIFICATION_SETTING_MISSING WATCHTOWER_NOTIFICATIONS asks for msteams, and WATCHTOWER_NOTIFICATION_MSTEAMS_HOOK_URL is missing.',
    ]);
  });

  test('hide nothing of an address that is only the name of a service', async () => {
    const { warnings, redact } = await load({ WATCHTOWER_NOTIFICATION_URL: 'logger://' });
    assert.deepEqual(warnings.map(redact), [
      'WATCHTOWER_NOTIFICATION_URL: logger:// is ignored: the log has every event already.',
    ]);
    assert.deepEqual(await problemsOf({ WATCHTOWER_NOTIFICATION_URL: 'pushover://' }), [
      'NOTIFICATION_SERVICE_UNKNOWN WATCHTOWER_NOTIFICATION_URL: pushover://: Belfry has no notifier for pushover://.',
    ]);
  });

  test('keep their secrets wherever these stand', async () => {
    const secrets = {
      slack: [slack, slackUrl],
      smtp: ['smtp://me:s3cr3t%2Fword@mail.example.org:587/?from=a@example.org&to=b@example.org', 's3cr3t/word'],
      ntfy: ['ntfy://me:n0tGuessed@ntfy.lan/topic-4711', 'n0tGuessed'],
      topic: ['ntfy://ntfy.sh/topic-4711', 'topic-4711'],
      gotify: ['gotify://push.example.org/Acanary.Token-1', 'Acanary.Token-1'],
      telegram: ['telegram://123456:AAFcanary@telegram?chats=@a', '123456:AAFcanary'],
      discord: ['discord://CANARY-token_0@1', 'CANARY-token_0'],
      generic: ['generic://example.org/x?@X-Key=he4der-value', 'he4der-value'],
      signIn: ['generic://me:s3cr3t%2Fword@example.org/x', 's3cr3t/word'],
    };
    for (const [address, secret] of Object.values(secrets)) {
      const { settings, redact, warnings } = await load({ WATCHTOWER_NOTIFICATION_URL: String(address) });
      const shown = redact(JSON.stringify({ settings, warnings, text: `${address} and ${secret}` }));
      assert.ok(!shown.includes(String(secret)), `${address}: ${shown}`);
      assert.ok(!shown.includes(String(address)), `${address}: ${shown}`);
    }
    const plain = 'ntfy://ntfy.sh/media-server generic://hass.lan/api/notifications/?$source=media&@accept=text/plain';
    const { redact } = await load({ WATCHTOWER_NOTIFICATION_URL: plain });
    const innocent = 'media-server by https://ntfy.sh, see docs/notifications.md for text/plain and media';
    assert.equal(redact(innocent), innocent);
  });
});

describe('Watchtower’s settings for single services', () => {
  test('are notifiers where their service is named', async (t) => {
    const cwd = await folderWith(t, { password: 's3cr3t-word\n' });
    const { notifiers, warnings, redact } = await load(
      {
        WATCHTOWER_NOTIFICATIONS: 'email slack,gotify shoutrrr',
        WATCHTOWER_NOTIFICATION_EMAIL_FROM: 'a@example.org',
        WATCHTOWER_NOTIFICATION_EMAIL_TO: 'b@example.org',
        WATCHTOWER_NOTIFICATION_EMAIL_SERVER: 'mail.example.org',
        WATCHTOWER_NOTIFICATION_EMAIL_SERVER_PORT: '587',
        WATCHTOWER_NOTIFICATION_EMAIL_SERVER_USER: 'me',
        WATCHTOWER_NOTIFICATION_EMAIL_SERVER_PASSWORD: 'password',
        WATCHTOWER_NOTIFICATION_EMAIL_SERVER_TLS_SKIP_VERIFY: 'true',
        WATCHTOWER_NOTIFICATION_EMAIL_SUBJECTTAG: 'nas',
        WATCHTOWER_NOTIFICATION_EMAIL_DELAY: '2',
        WATCHTOWER_NOTIFICATION_SLACK_HOOK_URL: 'https://discord.com/api/webhooks/1/CANARY-token/slack',
        WATCHTOWER_NOTIFICATION_SLACK_IDENTIFIER: 'the nas',
        WATCHTOWER_NOTIFICATION_GOTIFY_URL: 'https://push.example.org/a/',
        WATCHTOWER_NOTIFICATION_GOTIFY_TOKEN: 'Acanary',
        WATCHTOWER_NOTIFICATION_MSTEAMS_DATA: 'true',
      },
      { cwd },
    );
    const tag = 'nas';
    const mail = { host: 'mail.example.org', port: 587, security: 'starttls', user: 'me', password: 's3cr3t-word' };
    assert.deepEqual(notifiers, [
      { use: 'email', name: 'email', config: { ...mail, from: 'a@example.org', to: ['b@example.org'], tag } },
      {
        use: 'discord',
        name: 'discord',
        config: { url: 'https://discord.com/api/webhooks/1/CANARY-token', username: 'the nas', tag },
      },
      { use: 'gotify', name: 'gotify', config: { url: 'https://push.example.org/a/', token: 'Acanary', tag } },
    ]);
    assert.deepEqual(warnings, [
      'WATCHTOWER_NOTIFICATION_EMAIL_DELAY is ignored: messages wait in the outbox until they can be delivered.',
      'WATCHTOWER_NOTIFICATION_EMAIL_SERVER_TLS_SKIP_VERIFY is ignored: certificates are always verified; NODE_EXTRA_CA_CERTS names a file with an authority of your own.',
      'WATCHTOWER_NOTIFICATION_MSTEAMS_DATA is ignored: --notifications does not name msteams.',
    ]);
    assert.equal(redact('s3cr3t-word Acanary'), '••• •••');
    assert.equal(redact('to https://discord.com/api/webhooks/1/CANARY-token?wait=true'), 'to •••?wait=true');
  });

  test('are flags too, which win', async () => {
    const line =
      '-n slack --notification-slack-hook-url https://hooks.slack.com/services/a/b/c --notification-slack-channel #x';
    const env = { WATCHTOWER_NOTIFICATION_SLACK_HOOK_URL: 'https://example.org', WATCHTOWER_NOTIFICATIONS: 'email' };
    const { notifiers, warnings } = await load(env, { line });
    assert.deepEqual(notifiers[0]?.config, { url: 'https://hooks.slack.com/services/a/b/c' });
    assert.deepEqual(warnings, ['--notification-slack-channel is ignored: a webhook belongs to one channel.']);
  });

  test('are refused where Microsoft has retired what they lead to', async () => {
    const at = (url: string) => ({
      WATCHTOWER_NOTIFICATIONS: 'msteams',
      WATCHTOWER_NOTIFICATION_MSTEAMS_HOOK_URL: url,
    });
    assert.deepEqual(await problemsOf(at('https://acme.webhook.office.com/webhookb2/canary')), [
      'NOTIFICATION_URL_INVALID WATCHTOWER_NOTIFICATION_MSTEAMS_HOOK_URL: no message can arrive there.',
    ]);
    const { notifiers } = await load(at('https://x.logic.azure.com/workflows/1'));
    assert.deepEqual(notifiers, [
      { use: 'teams', name: 'teams', config: { url: 'https://x.logic.azure.com/workflows/1' } },
    ]);
  });
});

describe('a template of Watchtower’s', () => {
  const template = `{{- if .Report}}{{with .Report}}{{len .Scanned}} Scanned{{range .Updated}}
- {{.Name}} ({{.ImageName}}): {{.CurrentImageID.ShortID}} to {{.LatestImageID.ShortID}}{{end}}{{range .Report.Failed}} {{.Error}}
{{end}}{{end}}{{else}}{{range .Entries}}{{.Message}} ".Quoted"{{end}}{{end}} not .Text`;
  const said =
    'is a Go template, which is not run: the built-in report goes out. Its fields are, in a template of Belfry’s: ' +
    '.Scanned → {{counts.checked}}, .Updated → {{#recreated}}…{{/recreated}}, .Name → {{name}}, ' +
    '.ImageName → {{image.ref}}, .CurrentImageID.ShortID → {{from.short}}, .LatestImageID.ShortID → {{to.short}}, ' +
    '.Failed → {{#failed}}…{{/failed}}, .Error → {{error.message}}, {{reason}}, ' +
    '.Entries → nothing: messages hold no log lines, .Message → nothing: messages hold no log lines. ' +
    'See "Coming from Watchtower" in docs/notifications.md.';

  test('is named with Belfry’s names for its fields', async (t) => {
    const { warnings } = await load({ WATCHTOWER_NOTIFICATION_TEMPLATE: template });
    assert.deepEqual(warnings, [`WATCHTOWER_NOTIFICATION_TEMPLATE ${said}`]);
    const cwd = await folderWith(t, { 'a.tmpl': template });
    const line = '--notification-template-file a.tmpl';
    const ofFile = await load({ WATCHTOWER_NOTIFICATION_TEMPLATE: 'default' }, { line, cwd });
    assert.deepEqual(ofFile.warnings, [`--notification-template-file ${said}`]);
    const gone = await load({ WATCHTOWER_NOTIFICATION_TEMPLATE_FILE: 'gone' }, { cwd });
    assert.match(gone.warnings.join(), /names a file that cannot be read/);
  });

  test('is named with names that a template of Belfry’s may hold', async () => {
    const all =
      '{{.Title}}{{.Host}}{{.Updated}}{{.Failed}}{{.Restarted}}{{.Stale}}{{.Skipped}}{{.Fresh}}{{.Scanned}}{{.Time}}' +
      '{{.Name}}{{.ImageName}}{{.ID}}{{.CurrentImageID}}{{.CurrentImageID.ShortID}}{{.LatestImageID}}' +
      '{{.LatestImageID.ShortID}}{{.Error}}{{.State}}{{.IsMonitorOnly}}{{.NewContainerID}}';
    const { warnings } = await load({ WATCHTOWER_NOTIFICATION_TEMPLATE: all });
    const named = [...(warnings[0] ?? '').matchAll(/\.\w[\w.]* → ([^:]*?)(?=, \.[A-Z]|\. See)/g)].map(
      ([, tags = '']) => tags,
    );
    assert.equal(named.length, 21);
    const [ofReport, ofItems] = [named.slice(0, 10), named.slice(10)];
    compileTemplate(`${ofReport.join('')}{{#recreated}}${ofItems.join('')}{{/recreated}}`, 'test');
  });

  test('that is built in is followed where that is possible', async () => {
    const at = async (name: string) => {
      const { notifiers, warnings } = await load({
        WATCHTOWER_NOTIFICATION_URL: generic,
        WATCHTOWER_NOTIFICATION_TEMPLATE: name,
      });
      return [configAs<{ mode: string }>(notifiers[0])?.mode, warnings.length];
    };
    assert.deepEqual(await at('default'), ['text', 0]);
    assert.deepEqual(await at('default-legacy'), ['text', 0]);
    assert.deepEqual(await at('porcelain.v1.summary-no-log'), ['text', 1]);
    assert.deepEqual(await at('json.v1'), ['report', 1]);
  });
});

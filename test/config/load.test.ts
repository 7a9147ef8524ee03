import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parseArguments } from '../../core/cli/arguments.ts';
import { loadSettings } from '../../core/config/load.ts';
import { zoneOf } from '../../core/config/time.ts';
import { AppErrors } from '../../core/errors/app-error.ts';

const root = mkdtempSync(join(tmpdir(), 'belfry-config-'));
after(() => rmSync(root, { recursive: true }));
let folders = 0;

interface Given {
  readonly files?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly argv?: readonly string[];
}

async function load({ files = {}, env = {}, argv = [] }: Given) {
  const cwd = join(root, String(folders++));
  mkdirSync(cwd);
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(cwd, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  const loaded = await loadSettings({ flags: parseArguments(argv).flags, env, cwd });
  return { ...loaded, cwd };
}

async function problemsOf(given: Given): Promise<readonly string[]> {
  const error = await load(given).then(
    () => new AppErrors([]),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AppErrors);
  return error.errors.map(({ code, message }) => `${code} ${message}`);
}

describe('settings', () => {
  test('are the defaults where nothing is given', async () => {
    const { settings, file, warnings, notes } = await load({});
    assert.equal(settings.interval, 86_400_000);
    assert.equal(settings.engine.host, 'unix:///var/run/docker.sock');
    assert.deepEqual([file, warnings, notes], [null, [], []]);
  });

  test('come from flags over environment over file over defaults', async () => {
    const files = { 'belfry.json': { interval: '1h', cleanup: true, noPull: true, scope: 'file' } };
    const env = { BELFRY_INTERVAL: '2h', BELFRY_CLEANUP: 'false' };
    const { settings } = await load({ files, env, argv: ['--interval', '3h'] });
    assert.equal(settings.interval, 10_800_000);
    assert.equal(settings.cleanup, false);
    assert.equal(settings.noPull, true);
    assert.equal(settings.scope, 'file');
    assert.equal(settings.monitorOnly, false);
  });

  test('take null in the file for not given', async () => {
    const { settings } = await load({ files: { 'belfry.json': { schedule: null, stopTimeout: null, interval: 90 } } });
    assert.deepEqual([settings.schedule, settings.stopTimeout, settings.interval], [null, null, 90_000]);
  });

  test('take the scope none for no scope', async () => {
    assert.equal((await load({ argv: ['--scope', 'none'] })).settings.scope, null);
  });

  test('keep a comma inside a pattern of the file', async () => {
    const { settings } = await load({ files: { 'belfry.json': { names: ['web-\\d{1,3}', 'db'] } } });
    assert.deepEqual(settings.names, ['web-\\d{1,3}', 'db']);
  });

  test('have paths made absolute: the file’s from its folder, the others’ from the working directory', async () => {
    const files = { 'belfry.json': { stateFolder: 'state', registries: { 'r.example.org': { ca: 'ca.pem' } } } };
    const { settings, cwd } = await load({ files, env: { DOCKER_CERT_PATH: 'certs' } });
    assert.equal(settings.stateFolder, join(cwd, 'state'));
    assert.equal(settings.engine.certPath, join(cwd, 'certs'));
    assert.equal(settings.registries['r.example.org']?.ca, join(cwd, 'ca.pem'));
    assert.equal(settings.folder, cwd);
  });
});

describe('when to run', () => {
  test('FM81: a schedule takes the place of the interval, in the zone of TZ', async () => {
    const { settings } = await load({ env: { WATCHTOWER_SCHEDULE: '"0 0 4 * * *"', TZ: 'Asia/Tokyo' } });
    assert.deepEqual([settings.interval, settings.schedule, settings.timeZone], [null, '0 0 4 * * *', 'Asia/Tokyo']);
  });

  test('FM81: a zone given as a setting wins over TZ', async () => {
    const { settings } = await load({
      env: { TZ: 'Asia/Tokyo' },
      argv: ['-s', '@daily', '--time-zone', 'Europe/Rome'],
    });
    assert.deepEqual([settings.schedule, settings.timeZone], ['0 0 * * *', 'Europe/Rome']);
  });

  test('without a schedule, the zone is found out when somebody asks', async () => {
    const { settings } = await load({ env: { TZ: ':Asia/Tokyo' } });
    assert.equal(settings.timeZone, null);
    assert.equal(zoneOf(settings, { TZ: ':Asia/Tokyo' }), 'Asia/Tokyo');
    assert.equal(zoneOf({ timeZone: 'Europe/Rome' }, { TZ: 'Asia/Tokyo' }), 'Europe/Rome');
    assert.equal(zoneOf(settings, {}), Intl.DateTimeFormat().resolvedOptions().timeZone);
  });

  test('@every is an interval', async () => {
    const { settings } = await load({ argv: ['--schedule', '@every 1h'] });
    assert.deepEqual([settings.interval, settings.schedule], [3_600_000, null]);
  });

  test('both interval and schedule contradict each other within one source', async () => {
    assert.deepEqual(await problemsOf({ argv: ['--schedule', '0 4 * * *', '-i', '5m'] }), [
      'CONFIG_CONFLICT --schedule and -i both say when to run.',
    ]);
    const env = { WATCHTOWER_SCHEDULE: '0 4 * * *', BELFRY_INTERVAL: '5m' };
    assert.match((await problemsOf({ env })).join(), /^CONFIG_CONFLICT WATCHTOWER_SCHEDULE and BELFRY_INTERVAL/);
  });

  test('the stronger source says whether it is an interval or a schedule', async () => {
    const when = async (given: Given) => {
      const { interval, schedule } = (await load(given)).settings;
      return [interval, schedule];
    };
    const [scheduled, every] = [{ schedule: '0 4 * * *' }, { interval: '5m' }];
    const env = { BELFRY_SCHEDULE: '0 5 * * *' };
    assert.deepEqual(await when({ env, argv: ['-i', '10m'] }), [600_000, null]);
    assert.deepEqual(await when({ env, files: { 'belfry.json': every } }), [null, '0 5 * * *']);
    const files = { 'belfry.json': scheduled };
    assert.deepEqual(await when({ files, argv: ['-i', '10m'] }), [600_000, null]);
    assert.deepEqual(await when({ files, env: { BELFRY_INTERVAL: '20m' } }), [1_200_000, null]);
    assert.deepEqual(await when({ files, env: { BELFRY_TIME_ZONE: 'Europe/Rome' } }), [null, '0 4 * * *']);
  });

  test('FM81: a wrong field, a wrong zone and a zone of the system that is none are refused', async () => {
    assert.match(
      (await problemsOf({ argv: ['-s', '0 25 * * *'] })).join(),
      /^CONFIG_INVALID -s: "0 25 \* \* \*" is not a cron/,
    );
    assert.match(
      (await problemsOf({ env: { BELFRY_TIME_ZONE: 'Mars' } })).join(),
      /^VARIABLE_INVALID BELFRY_TIME_ZONE: "Mars"/,
    );
    assert.match(
      (await problemsOf({ env: { TZ: 'Mars' }, argv: ['-s', '@daily'] })).join(),
      /^VARIABLE_INVALID TZ: "Mars"/,
    );
  });

  test('a strange TZ harms nobody without a schedule', async () => {
    assert.equal((await load({ env: { TZ: 'Mars' } })).settings.schedule, null);
  });

  test('an interval below a second is refused', async () => {
    assert.deepEqual(await problemsOf({ env: { BELFRY_INTERVAL: '0' } }), [
      'VARIABLE_INVALID BELFRY_INTERVAL: 0s is less than 1s.',
    ]);
  });
});

describe('the file', () => {
  test('is YAML where its name says so', async () => {
    const { settings } = await load({
      files: { 'belfry.yaml': 'interval: 90s\nnames: [web, db]\nplugins:\n  - use: console\n' },
    });
    assert.deepEqual(
      [settings.interval, settings.names, settings.plugins],
      [90_000, ['web', 'db'], [{ use: 'console' }]],
    );
  });

  test('is the one named by --config, or else by BELFRY_CONFIG', async () => {
    const files = { 'a.json': { scope: 'a' }, 'b.json': { scope: 'b' }, 'belfry.json': { scope: 'c' } };
    const env = { BELFRY_CONFIG: 'b.json' };
    assert.equal((await load({ files, env, argv: ['--config', 'a.json'] })).settings.scope, 'a');
    assert.equal((await load({ files, env })).settings.scope, 'b');
    assert.equal((await load({ files })).settings.scope, 'c');
  });

  test('may be called config.json where its $schema is Belfry’s', async () => {
    const { file, cwd } = await load({ files: { 'config.json': { $schema: './config.schema.json', scope: 'a' } } });
    assert.equal(file, join(cwd, 'config.json'));
  });

  test('is never another tool’s config.json, which is named in a warning', async () => {
    for (const content of ['{"auths": {}}', 'not JSON at all']) {
      const { file, warnings } = await load({ files: { 'config.json': content } });
      assert.equal(file, null);
      assert.match(warnings.join(), /^\.\/config\.json is not read: .* --config config\.json/);
    }
  });

  test('that is named and absent is an error', async () => {
    assert.match(
      (await problemsOf({ argv: ['--config', 'absent.json'] })).join(),
      /^CONFIG_UNREADABLE .*absent\.json does not exist\.$/,
    );
  });

  test('that is a folder is an error', async () => {
    assert.match((await problemsOf({ argv: ['--config', '.'] })).join(), /^CONFIG_UNREADABLE/);
  });

  test('with broken syntax is reported by its place, and none of it is quoted', async () => {
    const json = '{\n  "registries": {"r": {"password": hunter2}}\n}';
    assert.deepEqual(await problemsOf({ files: { 'belfry.json': json } }), [
      'CONFIG_SYNTAX belfry.json is not valid JSON: see line 2, column 36. In JSON keys and texts stand in double quotes (").',
    ]);
    assert.deepEqual(await problemsOf({ files: { 'belfry.yml': 'a: 1\nb: [hunter2\n' } }), [
      'CONFIG_SYNTAX belfry.yml is not valid YAML: see line 3, column 1.',
    ]);
  });

  test('of a kind that is not read says so', async () => {
    const files = { 'belfry.toml': 'interval = "5m"' };
    assert.deepEqual(await problemsOf({ files, argv: ['--config', 'belfry.toml'] }), [
      'CONFIG_SYNTAX belfry.toml: .toml is not read.',
    ]);
  });

  test('with keys that do not exist is refused at any depth, with the nearest right ones', async () => {
    const content = {
      intervall: '1h',
      registries: { r: { pasword: 'x' } },
      plugins: [{ use: 'console', nmae: 'x', config: { free: 1 } }],
    };
    assert.deepEqual(await problemsOf({ files: { 'belfry.json': content } }), [
      'CONFIG_UNKNOWN_KEY belfry.json: registries.r: there is no key pasword here. Did you mean password?',
      'CONFIG_UNKNOWN_KEY belfry.json: plugins.0: there is no key nmae here. Did you mean name?',
      'CONFIG_UNKNOWN_KEY belfry.json: there is no key intervall here. Did you mean interval?',
    ]);
  });

  test('with values of the wrong kind is refused, all of them at once', async () => {
    const content = { cleanup: 'yes', interval: 'soon', names: 'web', logLevel: 'loud', plugins: [{}] };
    assert.deepEqual(await problemsOf({ files: { 'belfry.json': content } }), [
      'CONFIG_INVALID belfry.json: interval: expected a duration such as 90s, 5m or 1h30m.',
      'CONFIG_INVALID belfry.json: names: expected a list of texts.',
      'CONFIG_INVALID belfry.json: cleanup: expected true or false.',
      'CONFIG_INVALID belfry.json: logLevel: expected one of error, warn, info, debug.',
      'CONFIG_INVALID belfry.json: plugins.0.use: expected a text, but it is missing.',
    ]);
  });

  test('with patterns, schedules and zones that cannot be is refused', async () => {
    const content = { names: ['(a+)+'], disableContainers: ['['], schedule: '1 2 3', timeZone: 'Mars' };
    const problems = await problemsOf({ files: { 'belfry.json': content } });
    assert.deepEqual(
      problems.map((problem) => problem.split(':', 2).join(':')),
      [
        'CONFIG_INVALID belfry.json: schedule',
        'CONFIG_INVALID belfry.json: timeZone',
        'CONFIG_INVALID belfry.json: names',
        'CONFIG_INVALID belfry.json: disableContainers',
      ],
    );
  });

  test('with a slip in one place is read on, so that all that is wrong is told at once', async () => {
    const content = { schedule: '99 * * * *', timeZone: 'Mars/X', intervl: '5m', cleanup: 3, follow: [{ image: '(' }] };
    const problems = await problemsOf({ files: { 'belfry.json': content } });
    assert.deepEqual(problems.map((problem) => problem.split(' ', 3).join(' ')).toSorted(), [
      'CONFIG_INVALID belfry.json: cleanup:',
      'CONFIG_INVALID belfry.json: follow.0.image:',
      'CONFIG_INVALID belfry.json: schedule:',
      'CONFIG_INVALID belfry.json: timeZone:',
      'CONFIG_UNKNOWN_KEY belfry.json: there',
    ]);
  });

  test('that holds no object says so once', async () => {
    assert.equal((await problemsOf({ files: { 'belfry.json': [1] } })).length, 1);
    assert.equal((await problemsOf({ files: { 'belfry.json': 'null' } })).length, 1);
  });

  test('and the environment are reported together', async () => {
    const codes = (await problemsOf({ files: { 'belfry.json': { cleanup: 1 } }, env: { BELFRY_NO_PULL: 'no' } })).map(
      (problem) => problem.split(' ', 1)[0],
    );
    assert.deepEqual(codes, ['CONFIG_INVALID', 'VARIABLE_INVALID']);
  });
});

describe('secrets', () => {
  const content = {
    registries: { r: { username: 'u', password: `\${env:PASSWORD}` }, s: { password: 'written-down' } },
    plugins: [{ use: 'webhook', config: { url: `https://example.org/\${env:TOKEN}` } }],
  };
  const env = { PASSWORD: 'correct horse', TOKEN: 'battery/staple', REPO_PASS: 'repo-pass' };

  test('are resolved in registries and in the plugins’ own configuration', async () => {
    const { settings } = await load({ files: { 'belfry.json': content }, env });
    assert.equal(settings.registries.r?.password, 'correct horse');
    assert.deepEqual(settings.plugins[0]?.config, { url: 'https://example.org/battery/staple' });
  });

  test('are masked wherever they would be shown, in every form', async () => {
    const { redact } = await load({ files: { 'belfry.json': content }, env });
    assert.equal(redact('correct horse'), '•••');
    assert.equal(redact('https://example.org/battery%2Fstaple'), 'https://example.org/•••');
    assert.equal(redact('written-down repo-pass'), '••• •••');
    assert.match(redact(`Basic ${Buffer.from('u:correct horse').toString('base64')}`), /•••/);
  });

  test('that are missing are an error', async () => {
    const problems = await problemsOf({ files: { 'belfry.json': content }, env: { TOKEN: 'x' } });
    assert.deepEqual(problems, [
      'SECRET_MISSING belfry.json: registries.r.password: the variable PASSWORD is not set.',
    ]);
  });

  test('are masked in errors too', async () => {
    const problems = await problemsOf({ files: { 'belfry.json': { timeZone: `\${env:TOKEN}` } }, env });
    assert.match(problems.join(), /timeZone: "•••" is not a time zone/);
  });
});

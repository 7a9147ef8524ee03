import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadSettings } from '../../core/config/load.ts';
import { AppErrors } from '../../core/errors/app-error.ts';

const load = (env: Record<string, string>) => loadSettings({ flags: { given: [], foreign: [] }, env, cwd: '/nowhere' });
async function problemsOf(env: Record<string, string>) {
  const error: unknown = await load(env).then(
    () => assert.fail('nothing is wrong'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof AppErrors);
  return error.errors;
}

describe('Watchtower’s environment', () => {
  test('means what it means there', async () => {
    const { settings, warnings } = await load({
      DOCKER_HOST: 'tcp://engine:2376',
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: '/certs',
      DOCKER_API_VERSION: '1.44',
      WATCHTOWER_POLL_INTERVAL: '300',
      WATCHTOWER_RUN_ONCE: 'True',
      WATCHTOWER_DISABLE_CONTAINERS: 'db, cache  queue',
      WATCHTOWER_LABEL_ENABLE: 't',
      WATCHTOWER_SCOPE: 'prod',
      WATCHTOWER_INCLUDE_STOPPED: 'true',
      WATCHTOWER_REVIVE_STOPPED: 'true',
      WATCHTOWER_MONITOR_ONLY: 'true',
      WATCHTOWER_NO_PULL: 'true',
      WATCHTOWER_CLEANUP: 'true',
      WATCHTOWER_TIMEOUT: '30s',
      WATCHTOWER_COOLDOWN_DELAY: '1M2w',
      WATCHTOWER_LIFECYCLE_HOOKS: 'true',
      WATCHTOWER_LIFECYCLE_UID: '1000',
      WATCHTOWER_LIFECYCLE_GID: '0',
      WATCHTOWER_NO_STARTUP_MESSAGE: 'true',
      WATCHTOWER_NOTIFICATIONS_HOSTNAME: 'nas',
      WATCHTOWER_PORCELAIN: 'json',
      WATCHTOWER_DEBUG: 'true',
      WATCHTOWER_REGISTRY_TLS_SKIP: 'true',
    });
    assert.deepEqual(warnings, []);
    assert.deepEqual(settings, {
      engine: { host: 'tcp://engine:2376', tlsVerify: true, certPath: '/certs', apiVersion: '1.44' },
      stateFolder: undefined,
      interval: 300_000,
      schedule: null,
      timeZone: null,
      runOnce: true,
      names: [],
      disableContainers: ['db', 'cache', 'queue'],
      labelEnable: true,
      scope: 'prod',
      includeStopped: true,
      reviveStopped: true,
      monitorOnly: true,
      noPull: true,
      cleanup: true,
      rollbackGrace: 86_400_000,
      stopTimeout: 30_000,
      stabilityWindow: 10_000,
      cooldownDelay: 44 * 86_400_000,
      lifecycleHooks: true,
      lifecycleUid: 1000,
      lifecycleGid: 0,
      startupMessage: false,
      hostName: 'nas',
      notifiers: [],
      porcelain: 'json',
      log: { level: 'debug' },
      registryTlsSkip: true,
      registries: {},
      follow: [],
      plugins: [],
      folder: '/nowhere',
    });
  });

  test('leaves a setting alone where a switch is off, and counts an empty value as unset', async () => {
    const { settings, notes } = await load({ WATCHTOWER_DEBUG: 'false', WATCHTOWER_POLL_INTERVAL: '' });
    assert.equal(settings.log.level, 'info');
    assert.equal(settings.interval, 86_400_000);
    assert.notDeepEqual(notes, []);
  });

  test('yields to BELFRY_ names', async () => {
    const { settings } = await load({ WATCHTOWER_CLEANUP: 'true', BELFRY_CLEANUP: 'false' });
    assert.equal(settings.cleanup, false);
  });

  test('is noted once where Belfry differs by design, and only then', async () => {
    assert.deepEqual((await load({ BELFRY_CLEANUP: 'true' })).notes, []);
    const { notes } = await load({ WATCHTOWER_CLEANUP: 'true', WATCHTOWER_SCOPE: 'a' });
    assert.ok(notes.some((note) => note.startsWith('Clean-up never forces')));
    assert.ok(!notes.some((note) => note.startsWith('Without a scope')));
  });

  test('that is ignored is warned of, once a reason', async () => {
    const { warnings } = await load({
      WATCHTOWER_HTTP_API_PORT: '8080',
      WATCHTOWER_HTTP_API_METRICS: 'true',
      WATCHTOWER_ROLLING_RESTART: '1',
    });
    assert.equal(warnings.length, 2);
    assert.match(warnings[0] ?? '', /^WATCHTOWER_ROLLING_RESTART is ignored: /);
    assert.match(warnings[1] ?? '', /^WATCHTOWER_HTTP_API_METRICS, WATCHTOWER_HTTP_API_PORT are ignored: there is no/);
  });

  for (const [name, value, hint] of [
    ['WATCHTOWER_MONITOR_IMAGE_NAMES', 'nginx', /narrow what is watched/],
    ['WATCHTOWER_SKIP_IMAGE_NAMES', 'postgres', /narrow what is watched/],
    ['WATCHTOWER_ENABLE_CONTAINERS_BY_LABEL', 'a=b', /narrow what is watched/],
    ['WATCHTOWER_DISABLE_CONTAINERS_BY_LABEL', 'a=b', /narrow what is watched/],
    ['WATCHTOWER_NO_RESTART', 'true', /^Remove it, or use --monitor-only\.$/],
    ['WATCHTOWER_HTTP_API_UPDATE', 'true', /^Remove it; `belfry update` updates on demand\.$/],
  ] as const) {
    test(`with ${name} is refused, for ignoring it would touch more than was meant`, async () => {
      const [problem, ...others] = await problemsOf({ [name]: value });
      assert.deepEqual([problem?.code, others], ['WATCHTOWER_UNSUPPORTED', []]);
      assert.match(problem?.hint ?? '', hint);
    });
  }

  test('that asks for nothing is passed over without a word', async () => {
    const { warnings } = await load({
      WATCHTOWER_NO_RESTART: 'false',
      WATCHTOWER_USE_COMPOSE_DEPENDS_ON: 'true',
      WATCHTOWER_LOG_FORMAT: 'auto',
    });
    assert.deepEqual(warnings, []);
  });

  test('with the update API beside a clock of its own is ignored rather than refused', async () => {
    const { warnings } = await load({ WATCHTOWER_HTTP_API_UPDATE: 'true', WATCHTOWER_HTTP_API_PERIODIC_POLLS: 'true' });
    assert.equal(warnings.length, 2);
  });

  test('with a name nobody knows is warned of, with the nearest right one', async () => {
    assert.deepEqual(
      (await load({ WATCHTOWER_MONITOR_ONYL: 'true', BELFRY_CLEAN_UP: '1', BELFRY_TEST_X: '1' })).warnings,
      [
        'WATCHTOWER_MONITOR_ONYL is not a name Belfry knows, so it is ignored. Did you mean WATCHTOWER_MONITOR_ONLY?',
        'BELFRY_CLEAN_UP is not a name Belfry knows, so it is ignored. Did you mean BELFRY_CLEANUP?',
      ],
    );
  });

  test('with a name that only begins like another is likened to none', async () => {
    const { warnings } = await load({ WATCHTOWER_FOO: '1', BELFRY_POLL_INTERVAL: '300' });
    assert.deepEqual(warnings, [
      'WATCHTOWER_FOO is not a name Belfry knows, so it is ignored.',
      'BELFRY_POLL_INTERVAL is not a name Belfry knows, so it is ignored. Did you mean WATCHTOWER_POLL_INTERVAL?',
    ]);
  });

  test('with values that cannot be used is an error, all of them at once', async () => {
    const env = { WATCHTOWER_CLEANUP: 'yes', WATCHTOWER_POLL_INTERVAL: 'soon', WATCHTOWER_NO_RESTART: '1' };
    assert.deepEqual(
      (await problemsOf(env)).map(({ code }) => code),
      ['VARIABLE_INVALID', 'VARIABLE_INVALID', 'WATCHTOWER_UNSUPPORTED'],
    );
  });
});

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseArguments } from '../../core/cli/arguments.ts';
import { loadSettings } from '../../core/config/load.ts';
import type { Settings } from '../../core/config/settings.ts';
import { written } from '../../core/config/written.ts';
import { exampleEnv } from './example-env.ts';

const example = 'config.example.json';

type Environment = Readonly<Record<string, string>>;

/** Loads what is given, writes it as a file and loads that. */
async function writtenAndRead(t: TestContext, argv: readonly string[], env: Environment, file?: string) {
  const cwd = mkdtempSync('/tmp/belfry-written-');
  t.after(() => rmSync(cwd, { recursive: true }));
  if (file !== undefined) cpSync(file, join(cwd, 'config.json'));
  const { settings } = await loadSettings({ flags: parseArguments(argv).flags, env, cwd });
  const said = written(settings, [...settings.plugins, ...settings.notifiers]);
  writeFileSync(join(cwd, 'belfry.json'), JSON.stringify(said));
  const flags = parseArguments(['--config', 'belfry.json']).flags;
  const read = await loadSettings({ flags, env: {}, cwd });
  return { settings, said, read: read.settings };
}

const alike = ({ plugins, notifiers, ...settings }: Settings) => ({
  ...settings,
  uses: [...plugins, ...notifiers].map(({ use, name, config }) => ({ use, name, config })),
});

for (const [what, argv, env, file] of [
  ['no setting', [], {}],
  ['the example', ['--config', 'config.json'], exampleEnv, example],
  ['a command line', ['--schedule', '0 4 * * *', '--time-zone', 'Europe/Berlin', '--scope', 'a', 'web', 'db.*'], {}],
  ['Watchtower’s setting', [], { WATCHTOWER_NOTIFICATION_URL: 'slack://T0/B0/x', WATCHTOWER_POLL_INTERVAL: '300' }],
] as const) {
  test(`${what}, written as a file, comes to the same`, async (t) => {
    const { settings, read } = await writtenAndRead(t, argv, env, file);
    assert.deepEqual(alike(read), alike(settings));
  });
}

test('durations and rules are written as people write them', async (t) => {
  const { said } = await writtenAndRead(t, ['--config', 'config.json', '--stop-timeout', '5400'], exampleEnv, example);
  assert.equal(said.stopTimeout, '1h30m');
  const { transform, range } = (said.follow as readonly Record<string, string>[]).at(-1) ?? {};
  assert.deepEqual([transform, range], ['^(.+)-ls(\\d+)$ => $1.$2', 'minor']);
});

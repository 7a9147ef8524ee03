import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { openParts, type Parts, type Writer } from '../../core/app.ts';
import { type Configuration, createHangups, openConfiguration } from '../../core/cli/configuration.ts';
import type { Session } from '../../core/cli/session.ts';
import { loadSettings } from '../../core/config/load.ts';
import { AppError, AppErrors, errorsOf } from '../../core/errors/app-error.ts';

interface Opened {
  readonly configuration: Configuration;
  /** Writes the file anew. */
  write(content: object): void;
  readonly logged: readonly string[];
  readonly reconfigured: readonly Parts[];
}

/** A watch on `config.json` whose plugins are set up by `reconfigure`. */
async function watching(t: TestContext, content: object, reconfigure = async () => {}): Promise<Opened> {
  const folder = mkdtempSync('/tmp/belfry-configuration-');
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'config.json');
  const write = (given: object) => writeFileSync(file, JSON.stringify(given));
  write(content);
  const env = { FIRST: 'first-secret', SECOND: 'second-secret', HOME: folder };
  const flags = { given: [], foreign: [], config: file };
  const loaded = await loadSettings({ flags, env, cwd: folder });
  const logged: string[] = [];
  const note = (line: string) => void logged.push(line.slice(25));
  const parts = openParts(loaded, env, note);
  const reconfigured: Parts[] = [];
  const session = { args: { flags }, env, loaded, parts, terminal: { note } } as unknown as Session;
  const writer = {
    host: { instances: [{ name: 'console' }, { name: 'ops' }] },
    reconfigure: async (next: Parts) => {
      await reconfigure();
      reconfigured.push(next);
    },
  } as unknown as Writer;
  return { configuration: openConfiguration(session, writer), write, logged, reconfigured };
}

const codes = (error: unknown) => errorsOf(error).map(({ code }) => code);

describe('a configuration that is read anew', () => {
  test('is in force from then on, on the same engine', async (t) => {
    const { configuration, write, logged, reconfigured } = await watching(t, { interval: '1h' });
    const { session, changed } = configuration;
    write({ interval: '2h', cleanup: true });
    const { file, plugins } = await configuration.reload();
    assert.deepEqual([file?.endsWith('config.json'), plugins], [true, ['console', 'ops']]);
    assert.ok(changed.aborted);
    assert.equal(configuration.changed.aborted, false);
    const { settings } = configuration.session.loaded;
    assert.deepEqual([settings.interval, settings.cleanup], [7_200_000, true]);
    assert.deepEqual(reconfigured, [configuration.session.parts]);
    assert.equal(configuration.session.parts.engine, session.parts.engine);
    assert.match(logged.join('\n'), /^info .+config\.json was read anew, with the plugins console, ops$/);
  });

  test('masks its own secrets and those of before, which may still be on their way', async (t) => {
    const secret = (name: string) => ({ registries: { 'r.example': { username: 'x', password: `\${env:${name}}` } } });
    const { configuration, write } = await watching(t, secret('FIRST'));
    write(secret('SECOND'));
    await configuration.reload();
    assert.equal(configuration.session.loaded.redact('first-secret second-secret'), '••• •••');
  });

  test('is refused whole where anything is wrong, with everything that is', async (t) => {
    const { configuration, write, logged, reconfigured } = await watching(t, { interval: '1h' });
    const { session } = configuration;
    write({ intervall: '2h', cleanup: 'maybe' });
    await assert.rejects(configuration.reload(), (error) => {
      assert.deepEqual(codes(error).toSorted(), ['CONFIG_INVALID', 'CONFIG_UNKNOWN_KEY']);
      return true;
    });
    assert.equal(configuration.session, session);
    assert.deepEqual(reconfigured, []);
    assert.match(logged[0] ?? '', /^error the configuration was read anew and refused; the one before stays in force$/);
    assert.match(logged.slice(1).join('\n'), /CONFIG_UNKNOWN_KEY .*intervall/);
  });

  test('is refused where a plugin is wrong', async (t) => {
    const problems = [new AppError('PLUGIN_NOT_FOUND', 'x'), new AppError('PLUGIN_CONFIG_INVALID', 'y')];
    const { configuration, write } = await watching(t, {}, async () => {
      throw new AppErrors(problems);
    });
    const { session, changed } = configuration;
    write({ interval: '2h' });
    await assert.rejects(configuration.reload(), (error) => {
      assert.deepEqual(codes(error), ['PLUGIN_NOT_FOUND', 'PLUGIN_CONFIG_INVALID']);
      return true;
    });
    assert.deepEqual([configuration.session, changed.aborted], [session, false]);
  });

  test('is refused where it changes what hangs on the connection, the lock or the journal', async (t) => {
    const { configuration, write, reconfigured } = await watching(t, {});
    write({ scope: 'blue', host: 'unix:///elsewhere.sock', stateFolder: '/elsewhere', runOnce: true, interval: '2h' });
    await assert.rejects(configuration.reload(), (error) => {
      const told = errorsOf(error).map(({ code, message }) => `${code} ${message.split(' ')[0]}`);
      assert.deepEqual(told, [
        'RELOAD_NEEDS_RESTART `host`',
        'RELOAD_NEEDS_RESTART `stateFolder`',
        'RELOAD_NEEDS_RESTART `scope`',
        'RELOAD_NEEDS_RESTART `runOnce`',
      ]);
      return true;
    });
    assert.deepEqual(reconfigured, []);
  });

  test('is read once for each time it is asked for, one after the other', async (t) => {
    let inside = 0;
    const { configuration, reconfigured } = await watching(t, {}, async () => {
      inside += 1;
      assert.equal(inside, 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside -= 1;
    });
    await Promise.all([configuration.reload(), configuration.reload(), configuration.reload()]);
    assert.equal(reconfigured.length, 3);
  });
});

test('a SIGHUP that comes before the watch has begun is answered as it begins', (t) => {
  const before = process.listeners('SIGHUP');
  t.after(() => {
    for (const one of process.listeners('SIGHUP')) if (!before.includes(one)) process.off('SIGHUP', one);
  });
  const hangups = createHangups();
  process.emit('SIGHUP', 'SIGHUP');
  let reloads = 0;
  hangups.answerWith(async () => {
    reloads += 1;
    throw new Error('refused, which is told elsewhere');
  });
  assert.equal(reloads, 1);
  process.emit('SIGHUP', 'SIGHUP');
  assert.equal(reloads, 2);
});

import { closeSync, openSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { openParts, type Writer } from '../app.ts';
import { loadSettings } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { createTurn } from '../control/turn.ts';
import { AppError, AppErrors, errorsOf } from '../errors/app-error.ts';
import type { Log } from '../log.ts';
import type { Reloaded } from './plugins.ts';
import type { Session } from './session.ts';

/** The configuration that a watch goes by. */
export interface Configuration {
  /** With the settings that are in force now. */
  readonly session: Session;
  /** Aborts when others are. */
  readonly changed: AbortSignal;
  /**
   * Reads file and environment anew, sets up every plugin, and puts all of it in force once the cycle in hand has
   * ended. Throws everything that is wrong; then what was in force stays so.
   */
  reload(): Promise<Reloaded>;
}

export function openConfiguration(first: Session, writer: Writer): Configuration {
  const turn = createTurn();
  let session = first;
  let { redact } = first.loaded;
  let change = new AbortController();

  async function reload(): Promise<Reloaded> {
    const { args, env, terminal, parts } = session;
    const loaded = await loadSettings({ flags: args.flags, env, cwd: process.cwd() });
    refuseUnmovable(session.loaded.settings, loaded.settings);
    // What is still under way may bring the secrets of before.
    const before = redact;
    const both = { ...loaded, redact: (text: string) => loaded.redact(before(text)) };
    const next = { ...openParts(both, env, (line) => terminal.note(line)), engine: parts.engine };
    await writer.reconfigure(next);
    redact = loaded.redact;
    session = { ...session, loaded: both, parts: next };
    change.abort();
    change = new AbortController();
    return { file: loaded.file, plugins: writer.host.instances.map(({ name }) => name), warnings: loaded.warnings };
  }

  return {
    get session() {
      return session;
    },
    get changed() {
      return change.signal;
    },
    reload: () => turn.take(() => told(reload, session.parts.log)),
  };
}

async function told(reload: () => Promise<Reloaded>, log: Log): Promise<Reloaded> {
  try {
    const { file, plugins, warnings } = await reload();
    log.info(`${file ?? 'the configuration'} was read anew, with the plugins ${plugins.join(', ')}`);
    for (const warning of warnings) log.warn(warning);
    return { file, plugins, warnings };
  } catch (error) {
    log.error('the configuration was read anew and refused; the one before stays in force');
    for (const { code, message } of errorsOf(error)) log.error(`${code} ${message}`);
    throw error;
  }
}

/** What the engine's connection, the lock, the journal and the name in every event hang on. */
const unmovable: { readonly [name: string]: (settings: Settings) => unknown } = {
  host: ({ engine }) => engine.host,
  tlsVerify: ({ engine }) => engine.tlsVerify,
  certPath: ({ engine }) => engine.certPath,
  apiVersion: ({ engine }) => engine.apiVersion,
  stateFolder: ({ stateFolder }) => stateFolder,
  scope: ({ scope }) => scope,
  hostName: ({ hostName }) => hostName,
  runOnce: ({ runOnce }) => runOnce,
};

function refuseUnmovable(before: Settings, after: Settings): void {
  const changed = Object.entries(unmovable).filter(([, of]) => !isDeepStrictEqual(of(before), of(after)));
  const problems = changed.map(
    ([name]) => new AppError('RELOAD_NEEDS_RESTART', `\`${name}\` was changed, which a running Belfry cannot follow`),
  );
  if (problems.length > 0) throw new AppErrors(problems);
}

/** SIGHUP asks a watch to read its configuration anew, also one that comes before the watch has begun. */
export function createHangups() {
  let waiting = false;
  let answer = (): void => {
    waiting = true;
  };
  process.on('SIGHUP', () => {
    // A terminal that is closed says it in the same way.
    if (isTerminalGone()) process.kill(process.pid, 'SIGTERM');
    else answer();
  });
  return {
    /** From now on `reload` answers; it has to tell what comes of it. */
    answerWith(reload: () => Promise<unknown>): void {
      answer = () => void reload().catch(() => {});
      if (waiting) answer();
      waiting = false;
    },
  };
}

function isTerminalGone(): boolean {
  if (!process.stderr.isTTY) return false;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return false;
  } catch {
    return true;
  }
}

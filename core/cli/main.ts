import type { Environment } from '../config/environment.ts';
import { loadSettings } from '../config/load.ts';
import { hasForeignCode } from '../hosting/caller.ts';
import { exitNow } from '../hosting/exit-guard.ts';
import { catchStrays } from '../hosting/strays.ts';
import { type Arguments, parseArguments } from './arguments.ts';
import type { CommandName } from './commands.ts';
import { type CommandRun, exitCodeOf, exitCodes, printJson, problemsOf, type Session, Stop } from './session.ts';
import { createTerminal, type Terminal } from './terminal.ts';

/** Each command is loaded only when it is called. */
const runs: Readonly<Record<Exclude<CommandName, 'help' | 'version'>, () => Promise<CommandRun>>> = {
  watch: async () => (await import('./watch.ts')).watch,
  check: async () => (await import('./check.ts')).check,
  update: async () => (await import('./update.ts')).update,
  rollback: async () => (await import('./update.ts')).rollback,
  recover: async () => (await import('./update.ts')).recover,
  approve: async () => (await import('./approve.ts')).approve,
  deny: async () => (await import('./approve.ts')).deny,
  history: async () => (await import('./history.ts')).history,
  events: async () => (await import('./history.ts')).eventLog,
  'notify status': async () => (await import('./notify.ts')).status,
  'notify test': async () => (await import('./notify.ts')).test,
  'notify preview': async () => (await import('./notify-preview.ts')).preview,
  'notify snooze': async () => (await import('./notify.ts')).snooze,
  'notify outbox list': async () => (await import('./notify-outbox.ts')).outboxList,
  'notify outbox show': async () => (await import('./notify-outbox.ts')).outboxShow,
  'notify outbox retry': async () => (await import('./notify-outbox.ts')).outboxRetry,
  'notify outbox drop': async () => (await import('./notify-outbox.ts')).outboxDrop,
  plugins: async () => (await import('./plugins.ts')).plugins,
  'plugins reload': async () => (await import('./plugins.ts')).reload,
  'plugins new': async () => (await import('./plugins-new.ts')).newOne,
  'plugins test': async () => (await import('./plugins-test.ts')).testPlugins,
  'config check': async () => (await import('./config.ts')).configCheck,
  'config schema': async () => (await import('./config-schema.ts')).configSchema,
  doctor: async () => (await import('./doctor.ts')).doctor,
  demo: async () => (await import('./demo.ts')).demo,
};

/** Runs one command line and resolves with the exit code; everything that goes wrong is told here. */
export async function main(argv: readonly string[], env: Environment): Promise<number> {
  const plain = !process.stdout.isTTY || env.NO_COLOR !== undefined || argv.includes('--no-color');
  const terminal = createTerminal({ stdout: process.stdout, stderr: process.stderr, colour: !plain });
  process.stdout.on('error', () => exitNow(exitCodes.fine)); // The reader of a pipe has gone.
  process.stderr.on('error', () => {}); // As a terminal that was closed: the work goes on to its end.
  let redact = (text: string) => text;
  try {
    const args = parseArguments(argv);
    if (args.command === 'help') return await help(args, terminal);
    if (args.command === 'version') return await version(terminal);
    const loaded = await loadSettings({ flags: args.flags, env, cwd: process.cwd() });
    redact = loaded.redact;
    return await run(args.command, { args, loaded, env, terminal });
  } catch (error) {
    const problems = problemsOf(error).map((problem) => ({ ...problem, message: redact(problem.message) }));
    if (argv.includes('--json')) printJson(terminal, { problems });
    for (const { code, message, hint } of problems) {
      terminal.note(`${terminal.style('red', code)}  ${message}`);
      if (hint !== '') terminal.note(`  ${hint}`);
    }
    if (env.BELFRY_LOG_LEVEL === 'debug' && error instanceof Error) terminal.note(redact(error.stack ?? ''));
    return exitCodeOf(error);
  }
}

type Given = Omit<Session, 'parts' | 'signal'>;

async function run(command: keyof typeof runs, given: Given): Promise<number> {
  const { args, loaded, env, terminal } = given;
  const { openParts } = await import('../app.ts');
  const parts = openParts(loaded, env, (line) => terminal.note(line));
  for (const warning of [...args.warnings, ...loaded.warnings]) parts.log.warn(warning);
  catchStrays(parts.log);
  const perform = await runs[command]();
  try {
    return await perform({ ...given, parts, signal: stopSignal(terminal) });
  } finally {
    if (hasForeignCode()) endAnyway(terminal);
  }
}

const patience = 2_000;

/** What a plugin left running must not keep a Belfry alive that has done its work. */
function endAnyway(terminal: Terminal): void {
  const timer = setTimeout(() => {
    const left = new Set(process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY|FS)/.test(name)));
    terminal.note(`a plugin left something running (${[...left].join(', ')}), and has to end it in its \`dispose\``);
    exitNow();
  }, patience);
  timer.unref();
}

/** The first signal asks to finish or undo what is in hand; the second ends the process, and recovery does the rest. */
function stopSignal(terminal: Terminal): AbortSignal {
  const stop = new AbortController();
  const heard = (signal: 'SIGINT' | 'SIGTERM') => {
    if (stop.signal.aborted) exitNow(new Stop(signal).exitCode);
    terminal.note('stopping: what is in hand is finished or undone first (once more to stop at once)');
    stop.abort(new Stop(signal));
  };
  process.on('SIGTERM', () => heard('SIGTERM'));
  process.on('SIGINT', () => heard('SIGINT'));
  return stop.signal;
}

async function help({ positionals }: Arguments, terminal: Terminal): Promise<number> {
  const { helpText } = await import('./help.ts');
  terminal.print(helpText(positionals.join(' ')).trimEnd());
  return exitCodes.fine;
}

async function version(terminal: Terminal): Promise<number> {
  const { packageVersion } = await import('../paths.ts');
  terminal.print(packageVersion());
  return exitCodes.fine;
}

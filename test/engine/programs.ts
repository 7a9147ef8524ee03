import type { ImageDefaults } from '../../core/engine/port.ts';
import type { ExecCommand } from '../../core/plugin.ts';
import type { Behaviour, FakeExec } from '../kit/fake-engine/behaviour.ts';

/** The same process twice: as a real engine runs it, and as the fake one plays it. */
export interface Program {
  readonly config: ImageDefaults;
  readonly behaviour: Behaviour;
}

const shell = (script: string): ImageDefaults => ({ Env: ['PATH=/bin'], Cmd: ['sh', '-c', script] });
const untilSignalled = 'sleep 1000 & wait';
const millisecond = 1_000_000;
const healthcheck = (...test: string[]) => ({
  Test: ['CMD', ...test],
  Interval: 200 * millisecond,
  Timeout: 2_000 * millisecond,
  Retries: 2,
});

const wide = 'é'.repeat(20);

/** What the suite runs inside a container, and how the fake plays it. */
export const scripts = {
  fails: { argv: ['sh', '-c', 'echo out; echo err >&2; exit 3'], plays: () => ({ exitCode: 3, output: 'out\nerr\n' }) },
  tells: {
    argv: ['sh', '-c', 'echo "$GIVEN" $(id -u):$(id -g)'],
    plays: ({ user, env }) => ({ exitCode: 0, output: `${env?.GIVEN} ${user}\n` }),
  },
  floods: {
    argv: ['sh', '-c', `i=0; while [ $i -lt 3000 ]; do echo "$i ${wide}"; i=$((i+1)); done`],
    plays: () => ({ exitCode: 0, output: `0 ${wide}\n`.repeat(3000) }),
  },
  /** Its streams end before it does. */
  closes: { argv: ['sh', '-c', 'exec >&- 2>&-; sleep 1; exit 4'], plays: () => ({ exitCode: 4, output: '' }) },
  lasts: { argv: ['sleep', '100'], plays: () => ({ exitCode: 0, output: '', takes: 100_000 }) },
} as const satisfies Record<string, Script>;

interface Script {
  readonly argv: readonly string[];
  readonly plays: (command: ExecCommand) => FakeExec;
}

const execs = (argv: readonly string[], command: ExecCommand) =>
  Object.values<Script>(scripts)
    .find((script) => script.argv.join() === argv.join())
    ?.plays(command);

export const programs = {
  /** Says `up` on one stream and `warned` on the other, and ends at SIGTERM. */
  serves: {
    config: shell(`trap 'exit 0' TERM; echo up; echo warned >&2; ${untilSignalled}`),
    behaviour: { says: ['up', 'warned'], execs },
  },
  /** Ends at SIGUSR1 with code 5 and at nothing else. */
  stubborn: {
    config: shell(`trap '' TERM; trap 'exit 5' USR1; echo up; ${untilSignalled}`),
    behaviour: { says: ['up'], signals: { SIGTERM: 'ignored', SIGUSR1: 5 } },
  },
  crashes: {
    config: shell('echo bye; echo worse >&2; exit 3'),
    behaviour: { says: ['bye', 'worse'], exitsAfter: 0, exitCode: 3 },
  },
  lacksEntrypoint: {
    config: { Entrypoint: ['/no/such/program'] },
    behaviour: { startError: 'exec: "/no/such/program": no such file or directory' },
  },
  healthy: {
    config: { ...shell(untilSignalled), Healthcheck: healthcheck('true') },
    behaviour: { healthyAfter: 200 },
  },
  unhealthy: {
    config: { ...shell(untilSignalled), Healthcheck: healthcheck('false') },
    behaviour: { unhealthyAfter: 400 },
  },
} as const satisfies Record<string, Program>;

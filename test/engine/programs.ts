import type { ImageDefaults } from '../../core/engine/port.ts';
import type { Behaviour } from '../kit/fake-engine/behaviour.ts';

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

export const programs = {
  /** Says `up` on one stream and `warned` on the other, and ends at SIGTERM. */
  serves: {
    config: shell(`trap 'exit 0' TERM; echo up; echo warned >&2; ${untilSignalled}`),
    behaviour: { says: ['up', 'warned'] },
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

import { type EngineProgram, openPrivateEngine } from '../../core/demo/private-engine.ts';
import { openPodman } from './podman.ts';

/** An engine that the end-to-end suite runs on, and which of its files. */
interface EngineUnderTest {
  open(sid: string): Promise<{ readonly host: string; close(): Promise<void> }>;
  /** How tests start another such engine, which they may kill. */
  program?(sid: string): EngineProgram;
  readonly files: readonly string[];
}

/** Debian sid's Docker with the containerd image store, as strict about old clients as Engine 29. */
const modern = (sid: string): EngineProgram => ({
  // Its files lie over this machine's in a mount namespace of its own; whatever else containers bind is the machine's.
  command: [
    ...([
      'unshare',
      '--mount',
      'sh',
      '-c',
      `mount -t overlay overlay -o lowerdir=${sid}/usr:/usr /usr; exec "$@"`,
    ] as const),
    ...['sh', 'env', 'DOCKER_MIN_API_VERSION=1.44', 'dockerd', '--feature=containerd-snapshotter=true'],
  ],
});

/** What is likeliest to come out otherwise on another engine; everything where the full matrix is asked for. */
const dependsOnEngine = [
  ...['test/engine/conformance', 'test/engines/compose', 'test/engines/restart'],
  ...['settings.test', 'dependants', 'failures', 'cleanup', 'choice', 'following'].map(e2e),
];

function e2e(name: string): string {
  return `test/e2e/${name}`;
}

/** By name, in the order they are run in. */
export const engines: Readonly<Record<string, EngineUnderTest>> = {
  podman: {
    open: openPodman,
    files: ['test/engines/podman', 'test/e2e/looking', 'test/e2e/stopped'],
  },
  debian: {
    open: () => openPrivateEngine({ besideOthers: false }),
    files: ['test/engines/compose', 'test/engines/restart'],
  },
  modern: {
    open: (sid) => openPrivateEngine({ besideOthers: false, program: modern(sid) }),
    program: modern,
    files: process.env.BELFRY_FULL_MATRIX === '1' ? [...dependsOnEngine, 'test/e2e/'] : dependsOnEngine,
  },
};

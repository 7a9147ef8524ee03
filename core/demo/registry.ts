import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { startDaemon } from './daemon.ts';
import { findProgram } from './programs.ts';
import { openRegistryContainer } from './registry-container.ts';

/** A registry of our own, empty at first. */
export interface OpenRegistry {
  /** `127.0.0.1:PORT`: engines take the loopback network as plain HTTP without configuration. */
  readonly address: string;
  close(): Promise<void>;
}

/** Debian's `docker-registry` where it is installed, else the official image on the engine. */
export async function openRegistry(options: {
  readonly engineHost: string;
  readonly log: (line: string) => void;
}): Promise<OpenRegistry> {
  const reachable = process.platform === 'linux' && options.engineHost.startsWith('unix://');
  if (reachable && findProgram('docker-registry') !== undefined) return openRegistryProgram();
  options.log('Starting a registry from the image registry:2, pulled if need be.');
  return openRegistryContainer({ engineHost: options.engineHost, image: 'registry:2' });
}

async function openRegistryProgram(): Promise<OpenRegistry> {
  const folder = await mkdtemp(`${tmpdir()}/belfry-registry-`);
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  const logFile = `${folder}/log`;
  await writeFile(`${folder}/config.yml`, JSON.stringify(configuration(folder)));
  const started = await startDaemon({
    command: 'docker-registry',
    args: ['serve', `${folder}/config.yml`],
    logFile,
    // With port 0 the system chooses a free one, and the registry prints which.
    ready: async () => (await readFile(logFile, 'utf8')).match(/listening on (127\.0\.0\.1:\d+)/)?.[1],
    deadline: 10_000,
  }).catch(async (error: unknown) => {
    await removeFolder();
    throw error;
  });
  return {
    address: started.answer,
    close: async () => {
      await started.daemon.stop(5_000);
      await removeFolder();
    },
  };
}

/** JSON is YAML. */
function configuration(folder: string): object {
  return {
    version: '0.1',
    log: { accesslog: { disabled: true }, level: 'info' },
    storage: {
      filesystem: { rootdirectory: `${folder}/storage` },
      delete: { enabled: true },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: { addr: '127.0.0.1:0', relativeurls: true, secret: 'belfry' },
  };
}

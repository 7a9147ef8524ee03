import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { startDaemon } from '../../core/demo/daemon.ts';
import { engineApi } from '../../core/demo/engine-api.ts';
import { endProcesses, unmountAll } from '../../core/demo/leftovers.ts';

interface OpenPodman {
  readonly host: string;
  close(): Promise<void>;
}

/** Podman's service with a storage folder of its own; needs root and `podman`. */
export async function openPodman(): Promise<OpenPodman> {
  const folder = await mkdtemp('/tmp/belfry-podman-');
  const host = `unix://${folder}/podman.sock`;
  const api = engineApi(host);
  // Docker's engine needs no such word to take the loopback network as plain HTTP.
  await writeFile(`${folder}/registries.conf`, '[[registry]]\nlocation = "127.0.0.1"\ninsecure = true\n');
  // The limits that it asks for otherwise are above what a container of ours may have on many machines.
  await writeFile(
    `${folder}/containers.conf`,
    '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n',
  );
  const files = [`CONTAINERS_REGISTRIES_CONF=${folder}/registries.conf`, `CONTAINERS_CONF=${folder}/containers.conf`];
  const places = [`--root=${folder}/data`, `--runroot=${folder}/exec`, `--network-config-dir=${folder}/networks`];
  const { daemon } = await startDaemon({
    command: 'env',
    args: [...files, 'podman', ...places, '--cgroup-manager=cgroupfs', 'system', 'service', '--time=0', host],
    logFile: `${folder}/log`,
    ready: async () => (await api.answers(1_000)) || undefined,
    deadline: 30_000,
  });
  return {
    host,
    close: async () => {
      await daemon.stop(15_000);
      await endProcesses(folder);
      await unmountAll(folder);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

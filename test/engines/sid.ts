import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Outside of the project, and kept: what is unpacked there takes a quarter of a minute to fetch. */
const cache = process.env.BELFRY_ENGINES_CACHE || '/var/cache/belfry-engines';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
/** `libc6` since the newer `runc` needs it; everything else they link against is in Debian 12. */
const packages = ['docker.io', 'containerd', 'runc', 'tini', 'libc6', 'docker-compose'];

/** The folder that Debian sid's Docker and Compose lie unpacked in; fetched where it is missing. */
export async function sidFolder(log: (line: string) => void): Promise<string> {
  const folder = `${cache}/sid`;
  if (existsSync(folder)) return folder;
  log(`Fetching Debian sid's ${packages.join(', ')} into ${folder}.`);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(`${cache}/fetching-`);
  try {
    await fetchPackages(work);
    for (const file of await readdir(work)) {
      if (file.endsWith('.deb')) await run('dpkg-deb', ['--extract', `${work}/${file}`, `${work}/root`]);
    }
    // Whole or not at all: an interrupted run leaves no half of it under this name.
    await rename(`${work}/root`, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

/** Debian's own client with lists and a cache of its own, so that the machine's sources stay as they are. */
async function fetchPackages(work: string): Promise<void> {
  await mkdir(`${work}/lists/partial`, { recursive: true });
  await mkdir(`${work}/cache/archives/partial`, { recursive: true });
  await writeFile(`${work}/sources.list`, `deb [signed-by=${keyring}] http://deb.debian.org/debian sid main\n`);
  const options = {
    'Dir::Etc::SourceList': `${work}/sources.list`,
    'Dir::Etc::SourceParts': '-',
    'Dir::State::Lists': `${work}/lists`,
    'Dir::Cache': `${work}/cache`,
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await run('apt-get', [...flags, '-q', 'update'], { cwd: work });
  await run('apt-get', [...flags, '-q', 'download', ...packages], { cwd: work });
}

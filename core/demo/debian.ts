import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { AppError } from '../errors/app-error.ts';
import { readProgram } from './elf.ts';
import { findProgram, isRoot } from './programs.ts';

const run = promisify(execFile);

/** What a private engine and registry are made of, and how each package is known to be there. */
const packages: readonly { readonly name: string; readonly present: () => boolean }[] = [
  { name: 'docker.io', present: () => findProgram('dockerd') !== undefined },
  { name: 'docker-registry', present: () => findProgram('docker-registry') !== undefined },
  { name: 'iptables', present: () => findProgram('iptables') !== undefined },
  { name: 'busybox-static', present: hasStaticBusybox },
];

/** Whether missing packages can be installed: as root on Debian or one of its descendants. */
export function canInstall(): boolean {
  return isRoot() && findProgram('apt-get') !== undefined && isDebian();
}

/** Installs whatever of an engine and a registry is missing, saying so first. */
export async function installEngine(log: (line: string) => void): Promise<void> {
  const missing = packages.filter(({ present }) => !present()).map(({ name }) => name);
  log(`Installing ${missing.join(', ')} with apt-get: no Docker engine answers here.`);
  await installPackages(missing);
  if (missing.includes('docker-registry')) await retireRegistryService();
}

export async function installPackages(names: readonly string[]): Promise<void> {
  await aptGet(['update']);
  await aptGet(['install', '-y', '--no-install-recommends', ...names]);
}

async function aptGet(args: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', ['-q', ...args], { env, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new AppError('DEMO_NEEDS_ENGINE', `apt-get ${args[0]} failed: ${words}`, { cause: error });
  }
}

/** Debian's package starts an open registry on all interfaces, which nobody asked for. */
async function retireRegistryService(): Promise<void> {
  await run('service', ['docker-registry', 'stop']).catch(() => undefined);
  await run('update-rc.d', ['docker-registry', 'disable']).catch(() => undefined);
}

function hasStaticBusybox(): boolean {
  const path = findProgram('busybox');
  return path !== undefined && readProgram(readFileSync(path))?.static === true;
}

function isDebian(): boolean {
  try {
    return /^ID(_LIKE)?=.*\bdebian\b/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

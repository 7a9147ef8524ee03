// Runs the end-to-end suite on other engines than `npm test` does: `run.ts [ENGINE [PATH…]]`.
import { spawnSync } from 'node:child_process';
import { canInstall, installPackages } from '../../core/demo/debian.ts';
import { findProgram, isRoot } from '../../core/demo/programs.ts';
import { engines } from './engines.ts';
import { sidFolder } from './sid.ts';

const log = (line: string) => void process.stderr.write(`${line}\n`);
/** Each program with Debian's package of it. */
const needed = {
  dockerd: 'docker.io',
  'docker-registry': 'docker-registry',
  iptables: 'iptables',
  ip: 'iproute2',
  busybox: 'busybox-static',
  openssl: 'openssl',
  podman: 'podman',
};

await installMissing();
const sid = await sidFolder(log);
const [only, ...paths] = process.argv.slice(2);
// Ctrl-C reaches the run itself, which then cleans up.
process.on('SIGINT', () => {});
for (const name of only === undefined ? Object.keys(engines) : [only]) {
  log(`── Engine: ${name}`);
  // Two engines in one network would fight over docker0 and the firewall.
  const run = ['--net', process.execPath, '--import', 'tsx', 'test/engines/one.ts', name, sid, ...paths];
  const { status } = spawnSync('unshare', run, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 130);
}

async function installMissing(): Promise<void> {
  const missing = Object.entries(needed).flatMap(([program, name]) =>
    findProgram(program) === undefined ? [name] : [],
  );
  if (missing.length === 0 && isRoot()) return;
  if (!canInstall()) {
    throw new Error(`The tests on other engines run as root on Debian, with ${Object.values(needed).join(', ')}`);
  }
  log(`Installing ${missing.join(', ')} with apt-get: the tests on other engines need them.`);
  await installPackages(missing);
}

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { canInstall, installPackages } from '../../core/demo/debian.ts';
import { findProgram } from '../../core/demo/programs.ts';

/** Debian's packages, and how each is known to be there. */
const packages: Readonly<Record<string, () => boolean>> = {
  postfix: () => findProgram('postfix') !== undefined,
  chromium: () => findProgram('chromium') !== undefined,
  'fonts-dejavu-core': () => existsSync('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'),
  'fonts-noto-color-emoji': () => existsSync('/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf'),
  openssl: () => findProgram('openssl') !== undefined,
};

/** Installs the real services that are missing; says so first. */
export async function installServices(names = Object.keys(packages)): Promise<void> {
  const missing = names.filter((name) => packages[name]?.() === false);
  if (missing.length === 0) return;
  if (!canInstall()) throw new Error(`The tests with real services need root on Debian, with ${names.join(', ')}`);
  process.stderr.write(`Installing ${missing.join(', ')} with apt-get: the tests with real services need them.\n`);
  // Else it would begin to serve this machine's mail.
  const answer = 'postfix postfix/main_mailer_type select No configuration\n';
  if (missing.includes('postfix')) spawnSync('debconf-set-selections', { input: answer });
  await installPackages(missing);
}

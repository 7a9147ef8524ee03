// Installs the locked dependencies when they are missing or differ from package-lock.json; otherwise does nothing.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

if (!installed()) {
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit' });
} else if (!existsSync(`${root}dist/belfry.js`)) {
  execFileSync(process.execPath, ['scripts/build.js'], { cwd: root, stdio: 'inherit' });
}

/** npm leaves a copy of the lock file it installed from: the two must name the same versions. */
function installed() {
  const wanted = packages('package-lock.json');
  const found = packages('node_modules/.package-lock.json');
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || entry.version === found[path]?.version,
  );
}

function packages(file) {
  if (!existsSync(root + file)) return {};
  return JSON.parse(readFileSync(root + file, 'utf8')).packages ?? {};
}

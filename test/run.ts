// Runs the tests against one real engine and one real registry: `test/run.ts [PATH…]`, where paths narrow the list.
import { canInstall, installPackages } from '../core/demo/debian.ts';
import { openEngine } from '../core/demo/engine.ts';
import { findProgram } from '../core/demo/programs.ts';
import { openRegistry } from '../core/demo/registry.ts';
import { interruption, runSuite, testFiles } from './suite.ts';

const log = (line: string) => void process.stderr.write(`${line}\n`);
const files = testFiles(process.argv.slice(2));
const signal = interruption();

// The certificates of the tests are made by it; minimal systems lack it.
if (findProgram('openssl') === undefined) {
  if (!canInstall()) throw new Error('The tests need openssl: install it');
  log('Installing openssl with apt-get: the tests make certificates with it.');
  await installPackages(['openssl']);
}

const engine = await openEngine({ log, allowInstall: true });
try {
  const registry = await openRegistry({ engineHost: engine.host, log });
  try {
    process.exitCode = await runSuite({ files, engineHost: engine.host, registry: registry.address, signal });
  } finally {
    await registry.close();
  }
} finally {
  await engine.close();
}

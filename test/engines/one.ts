// Runs the suite on one engine, in a network namespace of its own: `one.ts NAME SID-FOLDER [PATH…]`.
import { execFileSync } from 'node:child_process';
import { openRegistry } from '../../core/demo/registry.ts';
import { interruption, runSuite, testFiles } from '../suite.ts';
import { engines } from './engines.ts';

const [name = '', sid = '', ...paths] = process.argv.slice(2);
const log = (line: string) => void process.stderr.write(`${line}\n`);
const kind = engines[name];
if (kind === undefined) throw new Error(`No engine is called ${name}: ${Object.keys(engines).join(', ')}`);
const signal = interruption();

execFileSync('ip', ['link', 'set', 'lo', 'up']);
const engine = await kind.open(sid);
try {
  const registry = await openRegistry({ engineHost: engine.host, log });
  try {
    const files = testFiles(paths.length > 0 ? paths : kind.files);
    const program = kind.program?.(sid);
    const env = {
      BELFRY_TEST_COMPOSE: `${sid}/usr/libexec/docker/cli-plugins/docker-compose`,
      ...(program === undefined ? {} : { BELFRY_TEST_PROGRAM: JSON.stringify(program) }),
    };
    process.exitCode = await runSuite({ files, engineHost: engine.host, registry: registry.address, env, signal });
  } finally {
    await registry.close();
  }
} finally {
  await engine.close();
}

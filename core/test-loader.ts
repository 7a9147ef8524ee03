/** Preloaded for tests of plugins: they and what they test may be TypeScript, and find the modules of this Belfry. */
import { writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { register } from 'tsx/esm/api';
import { serveOwnModules } from './loader.ts';

serveOwnModules();
register();
process.stdout.on('error', () => process.exit()); // The reader of a pipe has gone.

/** As a test reporter it shows nothing: it tells `belfry plugins test`, at its fd 3, which files had no test in them. */
export default async function* untested(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const files = new Set(process.argv.slice(1).map((file) => resolve(file)));
  for await (const { type, data } of events) {
    // Node counts such a file as a test of its own that has passed, by its path.
    if (type === 'test:pass' && data.nesting === 0 && files.has(resolve(data.name))) writeSync(3, `${data.name}\n`);
  }
}

interface TestEvent {
  readonly type: string;
  readonly data: { readonly name: string; readonly nesting: number };
}

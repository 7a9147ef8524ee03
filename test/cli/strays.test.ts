import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openCannedEngine } from '../../bench/canned-engine.ts';
import type { BelfryEvent } from '../../core/events.ts';
import { type BelfryResult, runBelfry } from '../kit/belfry.ts';

/** What each does, on line 2 of its file, and how it is told; null where it is no failure. */
const misdeeds: Readonly<Record<string, readonly [setup: string, told: string | null]>> = {
  'exits-in-a-call': [
    '() => ({ on: { started: () => process.exit(7) } })',
    'PLUGIN_EXIT exits-in-a-call (on started): it called process.exit(7) (exits-in-a-call.mjs:2), which would have ended Belfry',
  ],
  'exits-in-a-timer': [
    '() => ({ beforeCycle: () => void setTimeout(() => process.exit(8), 10) })',
    'PLUGIN_EXIT exits-in-a-timer (beforeCycle) threw in a timer or a callback: it called process.exit(8) (exits-in-a-timer.mjs:2), which would have ended Belfry',
  ],
  // Whoever emits an event is known to nobody; where the code lies is.
  'exits-at-an-event': [
    "() => { process.on('please', () => process.exit(9)); return { beforeCycle: () => void process.nextTick(() => process.emit('please')) }; }",
    'PLUGIN_EXIT exits-at-an-event (beforeCycle) threw in a timer or a callback: it called process.exit(9) (exits-at-an-event.mjs:2), which would have ended Belfry',
  ],
  'forgets-a-promise': [
    "() => ({ on: { started: () => void Promise.reject(new Error('forgotten')) } })",
    'PLUGIN_STRAY forgets-a-promise (on started) left a promise that nobody waits for, and it failed: forgotten (forgets-a-promise.mjs:2)',
  ],
  'throws-a-text': [
    "() => ({ on: { started: () => void setTimeout(() => { throw 'text'; }, 10) } })",
    'PLUGIN_STRAY throws-a-text (on started) threw in a timer or a callback: text. Throw an Error, which also says where it comes from',
  ],
  'leaves-a-socket': [
    "() => ({ beforeCycle: () => void net.connect('/nowhere') })",
    'PLUGIN_STRAY leaves-a-socket (beforeCycle) threw in a timer or a callback: connect ENOENT /nowhere',
  ],
  'rejects-late': [
    "() => ({ beforeCycle: () => void (async () => { await null; throw new Error('late'); })() })",
    'PLUGIN_STRAY rejects-late (beforeCycle) left a promise that nobody waits for, and it failed: late (rejects-late.mjs:2)',
  ],
  'leaves-a-timer': ['() => { setInterval(() => {}, 1000); return {}; }', null],
  floods: ["({ log }) => ({ beforeCycle: () => { for (let at = 0; at < 5000; at += 1) log.warn('flood'); } })", null],
  // Waits until all the others have had their moment.
  neighbour: [
    "({ log, sleep }) => ({ afterCycle: () => sleep(500), on: { finished: () => log.info('heard all') } })",
    null,
  ],
};

describe('a Belfry whose plugins fail outside of every call', () => {
  const folder = mkdtempSync('/tmp/belfry-strays-');
  let result: BelfryResult;
  let failures: readonly string[];

  before(async () => {
    const engine = await openCannedEngine({ info: { ID: 'engine', Name: 'nas' }, containers: [], images: [] });
    after(async () => {
      await engine.close();
      rmSync(folder, { recursive: true });
    });
    const config = join(folder, 'config.json');
    const plugins = Object.keys(misdeeds).map((name) => ({ use: `./${name}.mjs` }));
    writeFileSync(config, JSON.stringify({ plugins }));
    for (const [name, [setup]] of Object.entries(misdeeds)) {
      const rest = `name: '${name}', apiVersion: 1, summary: 'x'`;
      writeFileSync(
        join(folder, `${name}.mjs`),
        `import net from 'node:net';\nexport default { setup: ${setup}, ${rest} };\n`,
      );
    }
    const options = { dockerHost: engine.host, stateFolder: join(folder, 'state') };
    result = await runBelfry(['update', '--json', '--config', config], options);
    const { stdout } = await runBelfry(['events', '--json'], options);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly event: BelfryEvent }).event);
    failures = events.flatMap((event) => {
      if (event.type !== 'failed') return [];
      assert.deepEqual([event.phase, event.outcome, event.workload], ['plugin', 'unchanged', null]);
      return [`${event.problem.code} ${event.problem.message}`];
    });
  });

  test('does its work to the end, and its exit code is its own', () => {
    assert.equal(result.code, 0, result.stderr);
    assert.equal(result.json<{ readonly report: { readonly type: string } }>().report.type, 'finished');
  });

  test('states each failure once, with the instance, the call it comes from and the place', () => {
    const expected = Object.values(misdeeds).flatMap(([, told]) => told ?? []);
    assert.deepEqual(failures.toSorted(), expected.toSorted());
  });

  test('lets the neighbours hear everything', () => {
    assert.match(result.stderr, /heard all plugin=neighbour/);
  });

  test('writes the beginning of a flood, and how much of it was left out', () => {
    assert.equal(result.stderr.match(/ flood plugin=floods/g)?.length, 100);
    assert.match(result.stderr, /floods logs too much: 4900 lines were left out/);
  });

  test('ends in spite of what was left running, and says so', () => {
    assert.match(result.stderr, /a plugin left something running \(Timeout\), and has to end it in its `dispose`\n$/);
  });
});

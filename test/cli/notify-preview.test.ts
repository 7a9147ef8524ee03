import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openCannedEngine } from '../../bench/canned-engine.ts';
import { openJournal } from '../../core/journal/journal.ts';
import { openStateFolder } from '../../core/journal/state-folder.ts';
import { runBelfry } from '../kit/belfry.ts';
import { sampleFinished, sampleLine } from '../kit/reports.ts';

const folder = mkdtempSync('/tmp/belfry-test-');
const engine = await openCannedEngine({ info: { ID: 'engine', Name: 'nas-01' }, containers: [], images: [] });
after(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

interface Previews {
  readonly previews: readonly {
    readonly instance: string;
    readonly title: string;
    readonly sends: readonly unknown[];
  }[];
}

function run(args: readonly string[], plugins: readonly object[] = []) {
  const config = join(folder, 'belfry.json');
  writeFileSync(config, JSON.stringify({ plugins }));
  const options = { dockerHost: engine.host, stateFolder: join(folder, 'state'), folder };
  return runBelfry(['notify', 'preview', ...args, '--config', config], options);
}

const ops = { use: 'ntfy', name: 'ops', config: { topic: 's3cr3t-topic', template: { title: '{{host}} calls' } } };
const quiet = { use: 'webhook', name: 'quiet', config: { url: 'https://x.example/hook', select: { name: ['other'] } } };

describe('belfry notify preview', () => {
  test('shows what the configured notifiers would send, their own titles included', async () => {
    const { code, stdout } = await run([], [ops]);
    assert.equal(code, 0);
    assert.match(stdout, /^── ops\n\S.*nas-01 calls\n[\s\S]*immich-server/);
  });

  test('gives programs the requests without their secrets', async () => {
    const result = await run(['ops', '--json', '--kind', 'down'], [ops, quiet]);
    const { previews } = result.json<Previews>();
    assert.deepEqual(
      previews.map(({ instance, title }) => [instance, title]),
      [['ops', 'Test: 1 container DOWN on nas-01: act now']],
    );
    assert.match(JSON.stringify(previews[0]?.sends), /"method":"POST","url":"https:\/\/ntfy\.sh"/);
    assert.doesNotMatch(result.stdout, /s3cr3t/);
  });

  test('has a page of every built-in one where none is configured, or all are asked for', async () => {
    for (const [args, plugins] of [
      [[], []],
      [['--all'], [ops]],
    ] as const) {
      const output = join(folder, 'page.html');
      const { code, stdout } = await run(['--to', 'html', '--output', output, ...args], plugins);
      assert.deepEqual([code, stdout], [0, '']);
      const page = readFileSync(output, 'utf8');
      assert.equal(page.match(/<section /g)?.length, 9);
      assert.doesNotMatch(page, /does not say what it sends/);
    }
  });

  test('tells of the last run, and of it what each notifier is told', async () => {
    const nothing = await run(['--from', 'last-run'], [ops]);
    assert.equal(nothing.code, 2);
    assert.match(nothing.stderr, /^CYCLE_UNKNOWN /m);
    const state = { explicit: join(folder, 'state'), env: {}, engineId: 'engine', scope: null };
    const { path = '' } = await openStateFolder(state);
    const journal = await openJournal(path, { now: () => new Date(), instances: [] });
    for (const name of ['old', 'web']) {
      const event = sampleFinished([sampleLine(name, { state: 'recreated' })]);
      await journal.append({ kind: 'event', event });
    }
    await journal.close();
    const { code, stdout, stderr } = await run(['--from', 'last-run'], [ops, quiet]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Updated\n {2}web/);
    assert.doesNotMatch(stdout, /old|quiet/);
    assert.match(stderr, /quiet is told nothing of that/);
  });

  test('names the nearest notifier for one that is not there', async () => {
    const { code, stderr } = await run(['opps'], [ops]);
    assert.equal(code, 2);
    assert.match(stderr, /there is no notifier opps\. Did you mean ops\?/);
  });
});

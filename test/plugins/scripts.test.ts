import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import type { CyclePlan, Finished } from 'belfry/plugin';
import { createTestHost, samplePlan, sampleVersion, sampleWorkload } from 'belfry/testing';
import scripts from '../../plugins/scripts/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'belfry-scripts-'));
after(() => rmSync(folder, { recursive: true }));
const log = join(folder, 'log');
beforeEach(() => rmSync(log, { force: true }));

/** What the scripts have written to the file `log` in their folder, line by line. */
const written = () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []);
const shell = (line: string) => ['sh', '-c', line];
const says = (word: string) => shell(`echo ${word} >> log`);
const hostWith = (...list: readonly object[]) => createTestHost(scripts, { config: { scripts: list }, folder });
const plan = samplePlan();

describe('before a container is replaced, a script', () => {
  const verdictOn = async (line: string, more: object = {}) =>
    (await hostWith({ on: ['beforeReplace'], run: shell(line), ...more })).ask('beforeReplace', plan);

  test('that exits with 0 lets the update pass', async () => {
    assert.equal(await verdictOn('exit 0'), undefined);
  });

  test('that exits with 75 lets it wait, with its last words', async () => {
    const verdict = await verdictOn('echo; echo players are on; exit 75');
    assert.deepEqual(verdict, { verdict: 'defer', reason: 'sh says not now: players are on' });
  });

  test('that fails in another way refuses it', async () => {
    const refusal = (reason: string) => ({ verdict: 'veto', reason });
    assert.deepEqual(
      await verdictOn('echo disk is full >&2; exit 1'),
      refusal('sh ended with exit code 1: disk is full'),
    );
    assert.deepEqual(await verdictOn('kill -KILL $$'), refusal('sh was ended by SIGKILL'));
    const late = await verdictOn('echo begun; sleep 60', { timeout: 1 });
    assert.deepEqual(late, refusal('sh did not end within 1 s and was killed: begun'));
    const absent = await (await hostWith({ on: ['beforeReplace'], run: ['belfry-absent'] })).ask('beforeReplace', plan);
    assert.match(
      absent?.verdict === 'veto' ? absent.reason : '',
      /^belfry-absent cannot be run: there is no such program/,
    );
  });

  test('that only warns does not, unless it says not now', async () => {
    const warns = { on: ['beforeReplace'], onFailure: 'warn' };
    const host = await hostWith(
      { ...warns, run: shell('exit 1') },
      { ...warns, run: ['belfry-absent'] },
      { ...warns, run: says('next') },
    );
    assert.equal(await host.ask('beforeReplace', plan), undefined);
    assert.deepEqual(written(), ['next']);
    const warnings = host.logged.filter((line) => line.startsWith('warn'));
    assert.match(warnings[0] ?? '', /sh ended with exit code 1; the update goes on, as configured/);
    assert.equal(warnings.length, 2);
    assert.equal((await verdictOn('exit 75', { onFailure: 'warn' }))?.verdict, 'defer');
  });

  test('comes after those above it, and not at all once one has refused', async () => {
    const on = ['beforeReplace'];
    const host = await hostWith(
      { on, run: says('first') },
      { on, run: shell('echo second >> log; exit 1') },
      { on, run: says('third') },
    );
    assert.equal((await host.ask('beforeReplace', plan))?.verdict, 'veto');
    assert.deepEqual(written(), ['first', 'second']);
  });

  test('runs for the containers it is for, and for no other', async () => {
    const host = await hostWith({ on: ['beforeReplace'], run: says('$BELFRY_NAME'), containers: ['db', 'web-.*'] });
    for (const name of ['db', 'web-1', 'web', 'mydb'])
      await host.ask('beforeReplace', samplePlan({ workload: sampleWorkload({ name }) }));
    assert.deepEqual(written(), ['db', 'web-1']);
  });
});

describe('once it is done, a script', () => {
  test('runs on what it is for, and a failure is told of once all have run', async () => {
    const host = await hostWith(
      { on: ['afterUpdate', 'afterRollback'], run: shell('echo $BELFRY_EVENT >> log; exit 3') },
      { on: ['afterUpdate'], run: says('more') },
    );
    const failed = /sh ended with exit code 3$/;
    await assert.rejects(host.ask('afterUpdate', plan), failed);
    await assert.rejects(host.ask('afterRollback', plan), failed);
    assert.deepEqual(written(), ['afterUpdate', 'more', 'afterRollback']);
  });

  test('is asked for nothing that it is not for', async () => {
    const host = await hostWith({ on: ['afterUpdate'], run: says('x') });
    await assert.rejects(host.ask('beforeReplace', plan), /does not answer beforeReplace/);
    await assert.rejects(host.ask('afterCycle', { finished, workloads: [] }), /does not answer afterCycle/);
  });
});

const cycle: CyclePlan = { cycle: 'cyc_1', trigger: 'schedule', workloads: [] };
const finished: Finished = {
  ...({ id: 'evt_1', type: 'finished', time: '2026-01-01T00:00:00.000Z', cycle: 'cyc_1', host: 'nas' } as const),
  ...{ workload: null, trigger: 'schedule', dryRun: false, startedAt: '2026-01-01T00:00:00.000Z', seconds: 1 },
  counts: {
    ...{ checked: 3, upToDate: 0, available: 3, recreated: 2, restarted: 0, skipped: 0, failed: 1 },
    ...{ rolledBack: 1, down: 0 },
  },
  items: [],
};

describe('a script is told', () => {
  const told = shell('env | grep BELFRY_ | sort > log; echo >> log; cat >> log');
  const ofAll = () => {
    const [env = '', json = ''] = readFileSync(log, 'utf8').split('\n\n');
    return { env: env.split('\n'), json: JSON.parse(json) };
  };

  test('of a plan what is replaced by what', async () => {
    const to = sampleVersion({ version: '1.1.0', digest: 'sha256:new', created: '2026-01-02T00:00:00Z' });
    const from = sampleVersion({ digest: null });
    const given = samplePlan({ from, to });
    await (await hostWith({ on: ['beforeReplace'], run: told })).ask('beforeReplace', given);
    const { env, json } = ofAll();
    assert.deepEqual(env, [
      'BELFRY_BUMP=minor',
      'BELFRY_CYCLE=cyc_sample',
      'BELFRY_EVENT=beforeReplace',
      'BELFRY_FROM=web:1',
      'BELFRY_FROM_VERSION=1.0.0',
      `BELFRY_ID=${plan.workload.id}`,
      'BELFRY_IMAGE=web:1',
      'BELFRY_NAME=web',
      'BELFRY_TO=web:1@sha256:new',
      'BELFRY_TO_VERSION=1.1.0',
    ]);
    assert.deepEqual(json, { schema: 1, on: 'beforeReplace', plan: given });
  });

  test('of a cycle what began it, and how it ended', async () => {
    const host = await hostWith({ on: ['beforeCycle', 'afterCycle'], run: told });
    await host.ask('beforeCycle', cycle);
    assert.deepEqual(ofAll().env, ['BELFRY_CYCLE=cyc_1', 'BELFRY_EVENT=beforeCycle', 'BELFRY_TRIGGER=schedule']);
    assert.deepEqual(ofAll().json, { schema: 1, on: 'beforeCycle', cycle });
    await host.ask('afterCycle', { finished, workloads: [] });
    assert.ok(['BELFRY_RECREATED=2', 'BELFRY_FAILED=1'].every((line) => ofAll().env.includes(line)));
    assert.deepEqual(ofAll().json, { schema: 1, on: 'afterCycle', summary: { finished, workloads: [] } });
  });

  test('what images say of themselves, whatever that is', async () => {
    const to = sampleVersion({ version: `1\0.0$(id)\n${'x'.repeat(1_000_000)}` });
    const run = shell('printf %s "$BELFRY_TO_VERSION" | head -c 9 > log');
    await (await hostWith({ on: ['beforeReplace'], run })).ask('beforeReplace', samplePlan({ to }));
    assert.deepEqual(written(), ['1.0$(id)']);
  });

  test('and finds in its environment nothing else but PATH and what it was given', async () => {
    process.env.BELFRY_TEST_CANARY = 'secret';
    const env = { TOKEN: 'given', BELFRY_NAME: 'not this' };
    const run = [process.execPath, '-e', 'require("fs").writeFileSync("log", JSON.stringify(process.env))'];
    await (await hostWith({ on: ['beforeCycle'], run, env })).ask('beforeCycle', cycle);
    delete process.env.BELFRY_TEST_CANARY;
    const found = JSON.parse(written().join(''));
    assert.deepEqual(Object.keys(found).toSorted(), [
      ...['BELFRY_CYCLE', 'BELFRY_EVENT', 'BELFRY_NAME', 'BELFRY_TRIGGER', 'PATH', 'TOKEN'],
    ]);
    assert.equal(found.TOKEN, 'given');
  });
});

test('what a script says is logged, and where it lies it is found from the configuration', async () => {
  writeFileSync(join(folder, 'hook.sh'), '#!/bin/sh\necho saved\n', { mode: 0o755 });
  const host = await hostWith({ on: ['afterUpdate'], run: ['./hook.sh'] });
  await host.ask('afterUpdate', plan);
  assert.deepEqual(host.logged, ['info  ./hook.sh for web on afterUpdate succeeded output="saved\\n" plugin=scripts']);
});

test('Belfry waits as long as the scripts of one occasion may take together', () => {
  const script = (on: readonly string[], seconds: number) => ({
    ...{ on, run: ['x'], env: {}, onFailure: 'refuse', timeout: seconds * 1000 },
  });
  const given = [
    script(['beforeReplace', 'afterUpdate'], 600),
    script(['beforeReplace'], 1200),
    script(['afterCycle'], 5),
  ];
  const patience = (list: readonly object[]) => scripts.patience?.({ scripts: list } as never, plan) ?? 0;
  assert.ok(patience(given) >= 1_800_000 && patience(given) < 1_860_000);
  assert.equal(patience([{ ...script(['beforeReplace'], 600), containers: ['db'] }]), 0);
});

describe('the configuration', () => {
  const refused = (script: object, message: RegExp) =>
    assert.rejects(hostWith({ on: ['afterUpdate'], run: ['sh'], ...script }), message);

  test('is held to what there is', async () => {
    await refused({ on: ['afterupdate'] }, /scripts\.0\.on\.0/);
    await refused({ run: [] }, /scripts\.0\.run/);
    await refused({ env: { 'A-B': '1' } }, /scripts\.0\.env\.A-B/);
    await refused({ timeout: '7h' }, /expected at most 6h/);
    await refused({ containers: ['('] }, /the pattern \( is not a regular expression/);
  });

  test('names programs by paths that exist and can be run', async () => {
    writeFileSync(join(folder, 'data.txt'), 'x');
    await refused({ run: ['./absent.sh'] }, /\.\/absent\.sh is not there or not executable/);
    await refused({ run: ['./data.txt'] }, /\.\/data\.txt is not there or not executable/);
    await refused({ run: [''] }, /is not there/);
  });

  test('asks for no container where there is none', async () => {
    await refused(
      { on: ['afterCycle', 'afterUpdate'], containers: ['web'] },
      /afterCycle is about no single container/,
    );
  });
});

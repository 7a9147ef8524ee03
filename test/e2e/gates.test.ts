import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Preview } from '../../core/cycle/preview.ts';
import type { BelfryEvent, ReportItem } from '../../core/events.ts';
import { assertUntouched, openScene, type Run } from './scene.ts';

const hour = 3_600_000;
const morning = '00:00-12:00';
const notBefore = '2100-01-01T00:00:00.000Z';

/** A container each, what labels it has, and how its gate refuses; `until` is told of what a clock can bring about. */
const gates = {
  postgres: {
    by: 'policy',
    reason: /^a new major version of postgres, which keeps data, is only reported$/,
    until: false,
  },
  asked: { by: 'approval', reason: /^waits for `belfry approve belfry-test-\w+-asked`$/, until: false },
  fresh: { by: 'cooldown', reason: /^cool-down: first seen \S+Z, eligible at \S+Z$/, until: true },
  night: {
    by: 'maintenance-window',
    reason: /^outside its own maintenance window, daily 00:00-12:00 \(Etc/,
    until: true,
  },
  backed: { by: 'backups', reason: /^the backup is running$/, until: true },
} as const;
type Short = keyof typeof gates;
const shorts = Object.keys(gates) as readonly Short[];

const labels: Readonly<Record<Short, object>> = {
  postgres: {},
  asked: { 'belfry.approval': 'required' },
  fresh: {},
  night: { 'belfry.maintenance-window': morning },
  backed: {},
};

test('every gate refuses its container in its own words wherever one looks, and lets it pass when its time has come', async (t) => {
  const scene = await openScene(t);
  const folder = mkdtempSync('/tmp/belfry-gates-');
  t.after(() => rmSync(folder, { recursive: true }));
  const name = (short: Short) => scene.name(short);
  for (const short of shorts) {
    // A label wins over the setting that one of them is held by.
    const cooldown = short === 'fresh' ? {} : { 'belfry.cooldown-delay': '0' };
    await scene.deploy(short, { create: { Labels: { ...labels[short], ...cooldown } } });
  }
  await Promise.all(shorts.map((short) => scene.release(short, '2')));
  const before = await Promise.all(shorts.map((short) => scene.inspect(name(short))));

  const program = `${folder}/backup-is-done`;
  const config = `${folder}/config.json`;
  const arrange = ({ answer, clock }: { readonly answer: string; readonly clock: number }) => {
    writeFileSync(program, `#!/bin/sh\ncat > /dev/null\n${answer}\n`);
    chmodSync(program, 0o755);
    const plugins = [
      { use: 'maintenance-window', config: { timeZone: zoneWhereItIs(clock) } },
      { use: 'exec-gate', name: 'backups', config: { run: ['./backup-is-done'], containers: [name('backed')] } },
    ];
    writeFileSync(config, JSON.stringify({ plugins }));
  };
  const reason = JSON.stringify({ reason: 'the backup is running', until: notBefore });
  arrange({ answer: `echo '${reason}'; exit 75`, clock: 18 });
  const held = ['--config', config, '--cooldown-delay', '1h'];

  for (const args of [['check'], ['update', '--dry-run'], ['update']]) {
    const run = await scene.belfry(...args, ...held);
    assert.equal(run.code, 0, run.stderr);
    for (const short of shorts) {
      const { state, problem, by, until } = run.item(name(short));
      assert.equal(state, 'available', `${args} ${short}`);
      assertRefused(short, { reason: problem?.message, code: problem?.code, by, until });
    }
    if (args.length === 2) assertPreviews(run, name);
  }
  for (const details of before) await assertUntouched(scene, details);
  for (const args of [['check'], ['update', '--dry-run']]) {
    const { stdout } = await scene.start([...args, ...held]).done;
    assert.match(stdout, /the backup is running \(GATE_REFUSED by backups\), until 2100-01-01T00:00:00Z/, args.join());
    for (const short of shorts) assert.match(stdout, new RegExp(`\\(GATE_REFUSED by ${gates[short].by}\\)`), stdout);
  }

  const events = await eventsOf(scene);
  const history = (await scene.start(['history']).done).stdout.split('\n');
  for (const short of shorts) {
    const skipped = events.filter(({ type, workload }) => type === 'skipped' && workload?.name === name(short));
    assert.equal(skipped.length, 1, `${short}: only the update is remembered`);
    for (const event of skipped) if (event.type === 'skipped') assertRefused(short, event);
    const line = history.find((one) => one.includes(`${name(short)} `) && one.includes(' skipped ')) ?? '';
    const until = gates[short].until ? ', until ' : '';
    assert.match(line, new RegExp(`\\(GATE_REFUSED by ${gates[short].by}\\)${until}`));
  }

  assert.equal((await scene.belfry('deny', name('asked'), ...held)).code, 0);
  const denied = (await scene.belfry('check', name('asked'), ...held)).item(name('asked'));
  assert.deepEqual([denied.by, denied.problem?.code], ['core', 'DENIED']);

  arrange({ answer: 'exit 0', clock: 6 });
  const free = ['--config', config, '--cooldown-delay', '0'];
  const watch = scene.start(['watch', '--interval', '10h', ...free]);
  t.after(() => watch.child.kill('SIGKILL'));
  await watch.printed('stderr', /next run/);
  const states = async () => {
    const images = await Promise.all(shorts.map(async (short) => (await scene.inspect(name(short))).Image));
    return images.map((image, at) => (image === before[at]?.Image ? 'as before' : 'updated'));
  };
  assert.deepEqual(await states(), ['as before', 'as before', 'updated', 'updated', 'updated'], watch.output.stderr);

  for (const short of ['postgres', 'asked'] as const) {
    const word = await scene.belfry('approve', name(short), ...free);
    assert.match(word.stderr, /another Belfry is at work here/);
    const { approval } = word.json<{
      readonly approval: { readonly verdict: string; readonly to: ReportItem['to'] };
    }>();
    assert.deepEqual([approval.verdict, approval.to?.version], ['approved', '2']);
  }
  const applied = await scene.belfry('update', ...free);
  assert.deepEqual([applied.code, applied.report.counts.recreated], [0, 2], applied.stderr);
  assert.deepEqual(
    await states(),
    shorts.map(() => 'updated'),
  );
  const none = await scene.belfry('approve', name('asked'), ...free);
  assert.deepEqual([none.code, none.problems.map(({ code }) => code)], [2, ['NOTHING_TO_APPROVE']]);
  const { stdout } = await scene.start(['history', name('asked')]).done;
  assert.match(stdout, / denied +1 -> 2[\s\S]* approved +1 -> 2[\s\S]* updated +1 -> 2/);
});

/** An hour-wide zone in which it is about this hour of the day. */
function zoneWhereItIs(clock: number): string {
  const ahead = ((clock - new Date().getUTCHours() + 36) % 24) - 12;
  // POSIX counts them the other way round.
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

interface Refusal {
  readonly reason: string | undefined;
  readonly code: string | undefined;
  readonly by: string | null;
  readonly until?: string | null;
}

function assertRefused(short: Short, { reason, code, by, until }: Refusal): void {
  const gate = gates[short];
  assert.deepEqual([code, by], ['GATE_REFUSED', gate.by], short);
  assert.match(reason ?? '', gate.reason);
  if (!gate.until) {
    assert.equal(until ?? null, null, short);
    return;
  }
  const ahead = Date.parse(until ?? '') - Date.now();
  assert.ok(ahead > 0, `${short} until ${until}`);
  if (short === 'fresh') assert.ok(ahead <= hour, until ?? '');
  if (short === 'night') assert.ok(ahead <= 24 * hour, until ?? '');
  if (short === 'backed') assert.equal(until, notBefore);
}

function assertPreviews(run: Run, name: (short: Short) => string): void {
  const { previews } = run.json<{ readonly previews: readonly Preview[] }>();
  for (const short of shorts) {
    const preview = previews.find(({ workload }) => workload.name === name(short));
    assert.ok(preview, `there is a preview of ${short}`);
    const { refusal, code, by, until } = preview;
    assertRefused(short, { reason: refusal ?? undefined, code: code ?? undefined, by, until });
  }
}

async function eventsOf(scene: Awaited<ReturnType<typeof openScene>>): Promise<readonly BelfryEvent[]> {
  const { stdout } = await scene.start(['events', '--json']).done;
  return stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly event: BelfryEvent }).event);
}

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { selects } from '../../core/config/select.ts';
import { recoveries, updates } from '../../core/cycle/cycle.ts';
import type { ContainerDetails, HostConfig } from '../../core/engine/port.ts';
import { AppError, hasCode } from '../../core/errors/app-error.ts';
import type { Code } from '../../core/errors/catalogue.ts';
import type { BelfryEvent, Finished } from '../../core/events.ts';
import type { CyclePlan, Wiring } from '../../core/plugin.ts';
import type { Behaviour } from '../kit/fake-engine/behaviour.ts';
import { createLab, type Lab, type LabOptions, runs } from './lab.ts';

interface Container {
  readonly image: string;
  readonly state: 'running' | 'stopped' | 'paused' | 'looping';
  readonly labels: Readonly<Record<string, string>>;
  readonly host: HostConfig;
}

/** What the registry has for a reference, and what becomes of a container that runs it. */
interface Image {
  readonly answer: 'same' | 'newer' | 'other-platform' | 'no-pull' | Code;
  readonly behaviour: Behaviour;
}

interface World {
  readonly containers: readonly Container[];
  readonly images: Readonly<Record<string, Image>>;
  readonly plugins: readonly Wiring[];
  readonly settings: NonNullable<LabOptions['settings']>;
  readonly request: { readonly dryRun: boolean; readonly force: boolean };
  /** The calls of the engine that fail, and the one at which Belfry is asked to stop. */
  readonly faults: readonly number[];
  readonly stopAt: number | undefined;
}

const references = ['registry.example/one:1', 'registry.example/two:1', 'three:latest'];

const containers: fc.Arbitrary<Container> = fc.record({
  image: fc.constantFrom(...references),
  state: fc.constantFrom('running', 'running', 'running', 'stopped', 'paused', 'looping'),
  labels: fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    fc.constantFrom(
      { 'belfry.monitor-only': 'true' },
      { 'belfry.monitor-only': 'perhaps' },
      { 'belfry.enable': 'false' },
      { 'belfry.no-pull': 'true' },
      { 'com.docker.swarm.task.id': 'x' },
    ),
  ),
  host: fc.oneof(
    { weight: 3, arbitrary: fc.constant<HostConfig>({}) },
    fc.constantFrom<HostConfig>(
      { AutoRemove: true },
      { NetworkMode: 'container:box-0' },
      { VolumesFrom: ['box-0'] },
      { RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } },
      { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } },
    ),
  ),
});

const images: fc.Arbitrary<Image> = fc.record({
  answer: fc.constantFrom(
    'newer',
    'newer',
    'newer',
    'same',
    'other-platform',
    'no-pull',
    'REGISTRY_FAILED',
    'REGISTRY_NOT_FOUND',
  ),
  behaviour: fc.constantFrom<Behaviour>(
    {},
    {},
    { startError: 'no such file' },
    { exitsAfter: 50, exitCode: 1 },
    { says: ['hello'] },
  ),
});

/** Everything a plugin may answer a question with, right or wrong. */
const answers: readonly (() => unknown)[] = [
  () => undefined,
  () => ({ verdict: 'allow' }),
  () => ({ verdict: 'healthy' }),
  () => ({ verdict: 'veto', reason: 'no' }),
  () => ({ verdict: 'defer', reason: 'not now', until: '2026-08-22T12:00:00Z' }),
  () => ({ verdict: 'unhealthy', reason: '500' }),
  () => ({ verdict: 'remove', images: ['sha256:foreign'] }),
  () => true,
  () => assert.fail('a plugin broke'),
  () => Promise.reject('a plugin broke'),
];

const asked = [
  'beforeCycle',
  'beforeUpdate',
  'beforeReplace',
  'checkHealth',
  'afterUpdate',
  'afterRollback',
  'selectCleanup',
  'afterCycle',
];
const fitting = fc.constantFrom<() => unknown>(() => undefined);
const plugins: fc.Arbitrary<Wiring> = fc
  .record(
    Object.fromEntries(
      asked.map((decision) => [decision, fc.oneof({ weight: 6, arbitrary: fitting }, fc.constantFrom(...answers))]),
    ),
  )
  .map((wiring) => wiring as Wiring);

const worlds: fc.Arbitrary<World> = fc.record({
  containers: fc.array(containers, { minLength: 1, maxLength: 5 }),
  images: fc.record(Object.fromEntries(references.map((reference) => [reference, images]))),
  plugins: fc.array(plugins, { maxLength: 2 }),
  settings: fc.record({
    includeStopped: fc.boolean(),
    reviveStopped: fc.boolean(),
    monitorOnly: fc.constantFrom(false, false, true),
  }),
  request: fc.record({ dryRun: fc.constantFrom(false, false, true), force: fc.boolean() }),
  faults: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    fc.uniqueArray(fc.integer({ min: 4, max: 80 }), { maxLength: 2 }),
  ),
  stopAt: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, fc.integer({ min: 1, max: 60 })),
});

/** An engine with the containers of a world, which its registry has gone on from. */
async function build({ containers, images, plugins, settings }: World): Promise<Lab> {
  const lab = createLab({ plugins, settings });
  const { engine, registry } = lab;
  for (const reference of references) registry.put(reference, runs);
  for (const [at, { image, state, labels, host }] of containers.entries()) {
    const alone = at === 0 ? { ...host, NetworkMode: 'default', VolumesFrom: [] } : host;
    const bound = alone.PortBindings === undefined ? {} : { ExposedPorts: { '80/tcp': {} } };
    // Only one of them can have the port, and what is gone at its first stop cannot be made stopped.
    const hostConfig = (state !== 'running' && alone.AutoRemove) || (alone.PortBindings && at > 0) ? {} : alone;
    const policy = state === 'looping' ? { RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } } : {};
    const arranged = { image, config: { Labels: labels, ...bound }, hostConfig: { ...hostConfig, ...policy } };
    if (state === 'stopped' && at > 0) engine.put(`box-${at}`, arranged);
    else engine.run(`box-${at}`, arranged);
    if (at === 0) continue; // Others borrow from the first.
    if (state === 'paused') engine.pause(`box-${at}`);
    if (state === 'looping') engine.crash(`box-${at}`, 1);
  }
  for (const [reference, { answer, behaviour }] of Object.entries(images)) serve(lab, { reference, answer, behaviour });
  return lab;
}

function serve(
  { engine, registry }: Lab,
  { reference, answer, behaviour }: Image & { readonly reference: string },
): void {
  if (answer === 'same') return;
  const platform = { os: 'linux', architecture: answer === 'other-platform' ? 'arm64' : 'amd64', variant: null };
  const repository = reference.slice(0, reference.lastIndexOf(':'));
  const pinned = `${repository}@${registry.put(reference, { ...runs, platform, bytes: 1000 })}`;
  if (answer === 'newer') engine.behave(pinned, behaviour);
  else if (answer === 'no-pull') registry.fail(pinned, 'PULL_FAILED');
  else if (answer !== 'other-platform') registry.fail(reference, answer);
}

interface Ran {
  readonly lab: Lab;
  readonly events: readonly BelfryEvent[];
  /** The containers as they were, of those that the cycle was to look at. */
  readonly before: readonly ContainerDetails[];
  readonly calls: Lab['engine']['calls'];
}

async function runIn(world: World): Promise<Ran> {
  const lab = await build(world);
  const { engine } = lab;
  const { settings } = lab.context();
  const listed = (await engine.list()).filter(
    (one) => selects(one, settings).selected && (settings.includeStopped || !['created', 'exited'].includes(one.state)),
  );
  const before = await Promise.all(listed.map(({ id }) => engine.inspect(id)));
  const first = engine.calls.length;
  engine.setFault(({ n }, phase) => {
    if (n - first === world.stopAt) lab.stop.abort();
    if (phase === 'before' && world.faults.includes(n - first))
      throw new AppError('ENGINE_FAILED', 'as the test wants it');
  });
  await lab.run(world.request);
  engine.setFault(undefined);
  return { lab, events: [...lab.events], before, calls: engine.calls.slice(first) };
}

const nameOf = ({ Name }: ContainerDetails) => Name.replace(/^\//, '');
const isEnding = (event: BelfryEvent) => 'ending' in event && event.ending === true;

describe('in any cycle', () => {
  const holds = (
    claim: (ran: Ran, world: World) => void | Promise<void>,
    numRuns = Number(process.env.BELFRY_PROPERTY_RUNS ?? 60),
  ) =>
    fc.assert(
      fc.asyncProperty(worlds, async (world) => claim(await runIn(world), world)),
      { numRuns },
    );

  test('every workload has exactly one ending', async () => {
    await holds(({ events, before }) => {
      const names = before.map(nameOf);
      const endings = events.filter(isEnding).map(({ workload }) => workload?.name ?? '');
      assert.deepEqual(endings.filter((name) => names.includes(name)).toSorted(), names.toSorted());
      // What was not asked for can only be drawn in by its provider, and then once.
      assert.equal(new Set(endings).size, endings.length);
    });
  });

  test('every event is plain JSON, frozen in depth', async () => {
    await holds(({ events }) => {
      for (const event of events) {
        assert.deepEqual(JSON.parse(JSON.stringify(event)), event);
        assertFrozen(event);
      }
    }, 50);
  });

  test('the end comes once, and its counts add up', async () => {
    await holds(({ events, before }) => {
      const [started] = events;
      const ends = events.filter((event): event is Finished => event.type === 'finished');
      assert.equal(ends.length, 1);
      const { counts, items } = ends[0] as Finished;
      assert.equal(
        events.find(({ type }) => type === 'started'),
        started,
      );
      assert.equal(counts.checked, events.filter(isEnding).length);
      assert.ok(counts.checked >= before.length);
      const { upToDate, available, recreated, restarted, skipped, failed } = counts;
      assert.equal(upToDate + available + recreated + restarted + skipped + failed, counts.checked);
      assert.equal(items.length, counts.checked - upToDate);
      assert.ok(counts.rolledBack + counts.down <= failed);
      const endings = events.filter((event) => isEnding(event) && !(event.type === 'checked'));
      assert.deepEqual(
        items.map(({ workload }) => workload.name).toSorted(),
        endings.map(({ workload }) => workload?.name).toSorted(),
      );
    });
  });

  test('what ended as checked or skipped is as it was, and was never touched', async () => {
    await holds(async ({ lab, events, before, calls }) => {
      for (const event of events) {
        if (!isEnding(event) || (event.type !== 'checked' && event.type !== 'skipped')) continue;
        const { id, name } = event.workload;
        const was = before.find(({ Id }) => Id === id);
        if (was === undefined) continue;
        assert.deepEqual(settled(await lab.engine.inspect(id)), settled(was));
        // The stop of one that does not run changes nothing, and makes sure of it.
        const stop = was.State.Running || was.State.Restarting ? ['stop'] : [];
        const touching = ['start', ...stop, 'rename', 'setRestartPolicy', 'remove'];
        const touched = calls.filter(
          ({ method, args }) => touching.includes(method) && (args[0] === id || args[0] === name),
        );
        assert.deepEqual(touched, []);
        const late = events.some((other) => other.type === 'skipped' && lateCodes.includes(other.code));
        const made = calls.filter(({ method, args }) => method === 'create' && String(args[0]).startsWith(`${name}.`));
        assert.ok(late || made.length === 0, `${event.type} ${name}`);
      }
    });
  });

  test('a dry run changes nothing at all', async () => {
    await holds(({ calls }, { request }) => {
      fc.pre(request.dryRun);
      const looking = ['info', 'list', 'images', 'inspect', 'inspectImage', 'changes', 'layerSize', 'fileFacts'];
      assert.deepEqual(
        calls.filter(({ method }) => !looking.includes(method)),
        [],
      );
    }, 60);
  });

  test('whose engine does as it is told, every name is borne by one container in the end, and no other is left', async () => {
    await holds(({ lab, before, events }, { faults }) => {
      fc.pre(faults.length === 0 && !events.some((event) => event.type === 'failed' && event.outcome === 'down'));
      const names = lab.engine.names();
      assert.deepEqual(
        names.filter((name) => name.includes('.belfry')),
        [],
      );
      for (const one of before) assert.ok(names.includes(nameOf(one)), nameOf(one));
    }, 100);
  });
});

/** Skipped when its successor may have been made already, and with it those of its group. */
const lateCodes = ['GATE_REFUSED', 'GATE_FAILED', 'CYCLE_STOPPED', 'HELD_BACK'];

/** Without what time alone changes. */
function settled({ State, RestartCount: _, ...details }: ContainerDetails): object {
  const isUp = State.Running || State.Restarting;
  return { ...details, NetworkSettings: Object.keys(details.NetworkSettings.Networks ?? {}), isUp };
}

function assertFrozen(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  assert.ok(Object.isFrozen(value));
  Object.values(value).forEach(assertFrozen);
}

describe('a cycle', () => {
  test('whose list fails says so, ends, and fails itself', async () => {
    const lab = createLab();
    lab.engine.setFault(({ method }) => {
      if (method === 'images') throw new AppError('ENGINE_UNREACHABLE', 'gone');
    });
    await assert.rejects(lab.run(), (error) => hasCode(error, 'ENGINE_UNREACHABLE'));
    assert.deepEqual(
      lab.events.map(({ type }) => type),
      ['started', 'failed', 'finished'],
    );
    assert.equal(lab.one('failed').workload, null);
  });

  test('that is asked for a name nobody has fails with it', async () => {
    const lab = createLab();
    lab.behind('web');
    await assert.rejects(lab.run({ names: ['web', 'wbe'] }), /no container is named wbe/);
    assert.deepEqual(lab.all('failed'), [], 'whoever asked is told, and nobody else');
    assert.equal(lab.all('finished').length, 1);
    await lab.run({ names: ['/web'] });
    assert.deepEqual(lab.endings(), ['web recreated']);
  });

  test('takes what a plugin does wrong around it for a warning', async () => {
    const broken = () => assert.fail('no');
    const lab = createLab({ plugins: [{ beforeCycle: broken, afterCycle: broken, afterUpdate: broken }] });
    lab.behind('web');
    await lab.run();
    assert.deepEqual(lab.endings(), ['web recreated']);
    assert.deepEqual(
      lab.all('failed').map(({ phase, problem }) => `${phase} ${problem.message}`),
      [
        'plugin gate-0 (beforeCycle) failed: no',
        'plugin gate-0 (afterUpdate) failed: no',
        'plugin gate-0 (afterCycle) failed: no',
      ],
    );
  });

  test('tells plugins whom it looks at as it begins, and how they are as it ends', async () => {
    const told: (readonly string[])[] = [];
    const tell = ({ workloads }: Pick<CyclePlan, 'workloads'>) =>
      void told.push(workloads.map(({ workload, running, labels }) => `${workload.name} ${running} ${labels.team}`));
    const ids: string[] = [];
    const lab = createLab({
      plugins: [
        {
          beforeCycle: tell,
          afterCycle: ({ finished, workloads }) => {
            assert.equal(finished.counts.recreated, 1);
            ids.push(...workloads.map(({ workload }) => workload.id));
            tell({ workloads });
          },
        },
      ],
    });
    const original = lab.behind('web', { labels: { team: 'shop' } });
    await lab.run();
    assert.deepEqual(told, [['web true shop'], ['web true shop']]);
    assert.notEqual(ids[0], original, 'as it ends it is the new container');
  });

  test('lists the containers once more only where a plugin wants to know how it ended', async () => {
    const listings = async (plugins: readonly Wiring[]) => {
      const lab = createLab({ plugins });
      await lab.run();
      return lab.engine.calls.filter(({ method }) => method === 'list').length;
    };
    assert.equal(await listings([{ afterCycle: () => undefined }]), (await listings([])) + 1);
  });

  test('without containers is a cycle all the same', async () => {
    const lab = createLab();
    const { finished, previews } = await lab.run();
    assert.deepEqual([finished.counts.checked, finished.items, previews], [0, [], []]);
  });

  test('that only recovers touches nothing that is in order', async () => {
    const lab = createLab();
    lab.behind('web');
    const first = lab.engine.calls.length;
    await lab.run({}, recoveries);
    assert.deepEqual(
      lab.engine.calls.slice(first).map(({ method }) => method),
      ['list', 'info'],
    );
    assert.deepEqual(lab.endings(), []);
    await lab.run({}, updates);
    assert.deepEqual(lab.endings(), ['web recreated']);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Pass, recoveries, updates } from '../../../core/cycle/cycle.ts';
import type { HostConfig } from '../../../core/engine/port.ts';
import { AppError } from '../../../core/errors/app-error.ts';
import type { Journal } from '../../../core/journal/port.ts';
import { createFakeEngine, type EngineFault, type FakeEngine } from '../../kit/fake-engine.ts';
import { createFakeRegistry } from '../../kit/fake-registry.ts';
import { createFindings, deaths, share, told } from './findings.ts';
import { type Death, eventsOf, lastingJournal, live } from './mortal.ts';

const reference = 'registry.example/web:1';
const nextReference = 'registry.example/web:2';
const oldImage = `sha256:${'1'.repeat(64)}`;
const newImage = `sha256:${'2'.repeat(64)}`;
/** What the engine knows by the next reference already, for whatever reason. */
const staleImage = `sha256:${'3'.repeat(64)}`;

/** A container, as it is and must stay however its update is interrupted. */
interface Kind {
  readonly running: boolean;
  readonly hostConfig: HostConfig;
  readonly networks: readonly string[];
  /** Whether the new image comes under a tag of its own, which its container then names. */
  readonly follows?: true;
}

const always = { Name: 'always', MaximumRetryCount: 0 };
const never = { Name: 'no', MaximumRetryCount: 0 };
const kinds = {
  running: {
    running: true,
    hostConfig: { RestartPolicy: always, NetworkMode: 'front' },
    networks: ['front', 'back'],
  },
  stopped: { running: false, hostConfig: { RestartPolicy: always }, networks: [] },
  'self-removing': { running: true, hostConfig: { RestartPolicy: never, AutoRemove: true }, networks: [] },
  following: { running: true, hostConfig: { RestartPolicy: always }, networks: [], follows: true },
  'following, self-removing': {
    running: true,
    hostConfig: { RestartPolicy: never, AutoRemove: true },
    networks: [],
    follows: true,
  },
} satisfies Record<string, Kind>;

interface World {
  readonly kind: Kind;
  readonly badImages: readonly string[];
  readonly engine: FakeEngine;
  readonly journal: Journal;
  readonly originalId: string;
  readonly volume: string;
}

for (const [name, kind] of Object.entries<Kind>(kinds)) {
  for (const badImages of [[], [newImage]]) {
    describe(`a ${name} container with a ${badImages.length === 0 ? 'good' : 'bad'} new image`, () => {
      test('is whole again, and accounted for, after a kill at any call', async (t) => {
        const found = createFindings();
        const all = deaths(await live({ ...createWorld(kind, badImages), pass: updates }));
        for (const [turn, death] of all.entries()) {
          // Before and after each call, so that each of the two follows on every call.
          for (const pass of share([recoveries, updates], 2, turn)) {
            const world = createWorld(kind, badImages);
            await live({ ...world, pass: updates, death });
            await live({ ...world, pass });
            await found.check(`${told(death)}, then ${nameOf(pass)}`, checkAll(world));
          }
        }
        t.diagnostic(found.summary());
      });

      test('is whole again, and accounted for, when its recovery is killed too', async (t) => {
        const found = createFindings();
        const all = deaths(await live({ ...createWorld(kind, badImages), pass: updates }));
        for (const [turn, death] of all.entries()) {
          const rehearsal = createWorld(kind, badImages);
          await live({ ...rehearsal, pass: updates, death });
          // Neighbouring deaths leave much the same behind, so that together they are killed everywhere.
          const nth = kind.follows ? 23 : 11;
          for (const second of share(deaths(await live({ ...rehearsal, pass: recoveries })), nth, turn)) {
            const world = createWorld(kind, badImages);
            await live({ ...world, pass: updates, death });
            await live({ ...world, pass: recoveries, death: second });
            await live({ ...world, pass: recoveries });
            await found.check(`${told(death)}, then ${told(second)}`, checkAll(world));
          }
        }
        t.diagnostic(found.summary());
      });

      // With `--rm` the original is gone as soon as it stops: only the state folder knows what it was.
      if (kind.hostConfig.AutoRemove) return;
      test('is whole again after a kill at any call without its journal', async (t) => {
        const found = createFindings();
        for (const death of deaths(await live({ ...createWorld(kind, badImages), pass: updates }))) {
          const world = createWorld(kind, badImages);
          await live({ ...world, pass: updates, death });
          // Where nothing but the original is left, nothing tells that the tag was moved.
          const knowsTag = world.engine.names().length > 1;
          await live({ ...world, journal: lastingJournal(), pass: recoveries });
          await found.check(told(death), checkEngine(world, { tag: knowsTag, nextTag: false }));
        }
        t.diagnostic(found.summary());
      });
    });
  }
}

for (const [name, kind] of Object.entries<Kind>(kinds)) {
  for (const badImages of [[], [newImage]]) {
    const image = badImages.length === 0 ? 'good' : 'bad';
    test(`an engine that goes away for a while leaves a ${name} container with a ${image} new image whole`, async (t) => {
      const found = createFindings();
      for (const { call, phase } of deaths(await live({ ...createWorld(kind, badImages), pass: updates }))) {
        const world = createWorld(kind, badImages);
        await live({ ...world, pass: updates, fault: awayFrom(world.engine, call, phase) });
        await live({ ...world, pass: recoveries });
        await found.check(`away ${phase} call ${call}`, checkAll(world));
      }
      t.diagnostic(found.summary());
    });
  }
}

for (const badImages of [[], [newImage]]) {
  const image = badImages.length === 0 ? 'good' : 'bad';
  test(`a self-removing container with a ${image} new image comes back after an engine that is away for long`, async (t) => {
    const found = createFindings();
    const kind = kinds['self-removing'];
    for (const { call, phase } of deaths(await live({ ...createWorld(kind, badImages), pass: updates }))) {
      const world = createWorld(kind, badImages);
      await live({ ...world, pass: updates, fault: awayFrom(world.engine, call, phase, 600_000) });
      await live({ ...world, pass: recoveries });
      await found.check(`away ${phase} call ${call}`, checkRuns(world));
    }
    t.diagnostic(found.summary());
  });
}

async function checkRuns({ engine, journal }: World): Promise<void> {
  assert.deepEqual(engine.names(), ['web']);
  assert.equal((await engine.inspect('web')).State.Running, true);
  assert.deepEqual(journal.memory.downIntents(), []);
}

/** From its n-th call on the engine does not answer, for a while. */
function awayFrom(
  { calls, clock }: FakeEngine,
  n: number,
  phase: 'before' | 'after',
  milliseconds = 5_000,
): EngineFault {
  const first = calls.length + n;
  let back: number | undefined;
  return (call, at) => {
    if (call.n < first || (back === undefined && at !== phase)) return;
    const code = back === undefined ? 'ENGINE_ANSWER_INVALID' : 'ENGINE_UNREACHABLE';
    back ??= clock.now() + milliseconds;
    if (clock.now() < back) throw new AppError(code, 'no engine answers');
  };
}

describe('what goes on after a kill', () => {
  const callOf = async (kind: Kind, method: string, nth: number): Promise<Death> => {
    const { engine, ...world } = createWorld(kind, []);
    await live({ ...world, engine, pass: updates });
    const call = engine.calls.filter((one) => one.method === method)[nth - 1]?.n;
    assert.ok(call !== undefined, `call ${nth} of ${method}`);
    return { call, phase: 'after' };
  };

  for (const badImages of [[], [newImage]]) {
    const image = badImages.length === 0 ? 'good' : 'bad';
    test(`an engine that restarts brings the parked original up beside its ${image} successor: one of them stays`, async () => {
      const world = createWorld(kinds.running, badImages);
      await live({ ...world, pass: updates, death: await callOf(kinds.running, 'start', 1) });
      await world.engine.start('web.belfry-old');
      await live({ ...world, pass: recoveries });
      await checkAll(world);
    });
  }

  for (const [name, kind] of Object.entries({ running: kinds.running, 'self-removing': kinds['self-removing'] })) {
    test(`a ${name} original whose stop is still under way as recovery looks runs again in the end`, async () => {
      const world = createWorld(kind, []);
      await live({ ...world, pass: updates, death: await callOf(kind, 'create', 1) });
      const over = world.engine.clock.now() + 900;
      let stopped = false;
      const stopOnceDue = async () => {
        if (stopped || world.engine.clock.now() < over) return;
        stopped = true;
        await world.engine.stop(world.originalId, { signal: null, graceSeconds: null });
      };
      await live({ ...world, pass: recoveries, fault: stopOnceDue });
      await world.engine.clock.sleep(900);
      await stopOnceDue();
      await checkAll(world);
    });
  }
});

function createWorld(kind: Kind, badImages: readonly string[]): World {
  const registry = createFakeRegistry();
  const engine = createFakeEngine({ registry });
  registry.put(reference, { configDigest: oldImage, config: { Cmd: ['serve'], Volumes: { '/state': {} } } });
  for (const network of kind.networks) engine.addNetwork(network);
  const networks = kind.networks.map((network) => ({ name: network, endpoint: {} }));
  const config = { StopTimeout: 1, ...(kind.follows && { Labels: { 'belfry.follow': 'major' } }) };
  const arranged = { image: reference, config, hostConfig: kind.hostConfig, networks };
  const originalId = kind.running ? engine.run('web', arranged) : engine.put('web', arranged);
  if (kind.follows) {
    registry.put(nextReference, { configDigest: staleImage });
    engine.load(nextReference);
  }
  registry.put(kind.follows ? nextReference : reference, {
    configDigest: newImage,
    config: { Cmd: ['serve'], Volumes: { '/cache': {} } },
  });
  const [volume = ''] = engine.volumes();
  return { kind, badImages, engine, journal: lastingJournal(), originalId, volume };
}

async function checkAll(world: World): Promise<void> {
  await checkEngine(world, { tag: true, nextTag: true });
  await checkJournal(world);
}

/** Which tags there is something to tell of where they pointed. */
interface Known {
  readonly tag: boolean;
  readonly nextTag: boolean;
}

/** One container under the name, as it should be, and nothing else. */
async function checkEngine(world: World, knows: Known): Promise<void> {
  const { kind, badImages, engine, originalId, volume } = world;
  assert.deepEqual(engine.names(), ['web']);
  const web = await engine.inspect('web');
  assert.equal(web.State.Running, kind.running, 'running');
  assert.equal(web.HostConfig.RestartPolicy?.Name, kind.hostConfig.RestartPolicy?.Name, 'restart policy');
  // A container that is not started is proven by its settings alone.
  if (kind.running) assert.ok(!badImages.includes(web.Image), 'a bad image is in charge');
  if (web.Image === oldImage && !kind.hostConfig.AutoRemove) assert.equal(web.Id, originalId, 'a copy is in charge');

  const attached = Object.keys(web.NetworkSettings.Networks ?? {});
  assert.deepEqual(attached.toSorted(), kind.networks.length === 0 ? ['bridge'] : kind.networks.toSorted(), 'networks');

  const mounts = (web.Mounts ?? []).map(({ Name, Destination }) => [Destination, Name]);
  assert.equal(Object.fromEntries(mounts)['/state'], volume, 'the data');
  assert.deepEqual([...engine.volumes()].sort(), mounts.map(([, volumeName]) => volumeName).sort(), 'volumes');

  const { Image: named } = web.Config;
  assert.equal(named, kind.follows && web.Image === newImage ? nextReference : reference, 'the reference');
  const { Id: tagged } = await engine.inspectImage(named);
  if (kind.follows) {
    assert.equal((await engine.inspectImage(reference)).Id, oldImage, 'the old tag');
    const { Id: next } = await engine.inspectImage(nextReference);
    if (named === reference && knows.nextTag) assert.equal(next, staleImage, 'the new tag');
  }
  if (knows.tag || web.Image !== oldImage) assert.equal(tagged, web.Image, 'the tag names the image in charge');
}

/** Each replacement that began has one ending, which tells the truth, and each cycle its end. */
async function checkJournal({ engine, journal }: World): Promise<void> {
  const events = await eventsOf(journal);
  const begun: string[] = [];
  for await (const record of journal.read(0)) if (record.kind === 'intent') begun.push(record.cycle);
  for (const cycle of begun) {
    const endings = events.filter((event) => event.cycle === cycle && 'ending' in event);
    assert.equal(endings.length, 1, `endings of ${cycle}: ${endings.map(({ type }) => type).join()}`);
  }
  for (const { cycle } of events.filter(({ type }) => type === 'started')) {
    assert.equal(events.filter((event) => event.cycle === cycle && event.type === 'finished').length, 1, 'finished');
  }
  const { Image } = await engine.inspect('web');
  const last = events.findLast((event) => 'ending' in event && begun.includes(event.cycle));
  if (last !== undefined) assert.equal(last.type, Image === newImage ? 'recreated' : 'failed', 'the ending');
}

const nameOf = (pass: Pass) => (pass === updates ? 'update' : 'recover');

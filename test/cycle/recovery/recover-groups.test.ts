import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { recoveries, updates } from '../../../core/cycle/cycle.ts';
import type { ContainerDetails, HostConfig } from '../../../core/engine/port.ts';
import type { Journal } from '../../../core/journal/port.ts';
import { createFakeEngine, type FakeEngine } from '../../kit/fake-engine.ts';
import { createFakeRegistry } from '../../kit/fake-registry.ts';
import { createFindings, deaths, share, told } from './findings.ts';
import { eventsOf, lastingJournal, live } from './mortal.ts';

interface Spec {
  readonly image: string;
  readonly host?: HostConfig;
  readonly project?: string;
  readonly stopped?: true;
  readonly networks?: readonly string[];
}

/** Containers that are replaced as one when the image `new` gets newer; `bad` ones do not pass their checks then. */
const fleets = {
  'a provider, who uses its network, and one of these that does not run': {
    vpn: { image: 'new' },
    app: { image: 'old', host: { NetworkMode: 'container:vpn' } },
    idle: { image: 'old', host: { NetworkMode: 'container:vpn' }, stopped: true },
  },
  'a provider and who is linked to it and uses its volumes': {
    db: { image: 'new' },
    web: { image: 'old', host: { Links: ['db:store'] } },
    backup: { image: 'old', host: { VolumesFrom: ['db'], NetworkMode: 'front' }, networks: ['front', 'back'] },
  },
  'a provider, who is linked to it, and who uses the network of that one': {
    db: { image: 'new' },
    web: { image: 'new', host: { Links: ['db:store'] } },
    side: { image: 'old', host: { NetworkMode: 'container:web' } },
  },
  'a chain where the last one is behind too': {
    vpn: { image: 'new' },
    app: { image: 'old', host: { NetworkMode: 'container:vpn', IpcMode: 'shareable' } },
    tail: { image: 'new', host: { PidMode: 'container:app' } },
  },
} satisfies Record<string, Readonly<Record<string, Spec>>>;

const twins = { app: { image: 'new', project: 'shop' }, cron: { image: 'new', project: 'shop' } };

type Fleet = Readonly<Record<string, Spec>>;

interface World {
  readonly fleet: Fleet;
  readonly badImages: readonly string[];
  readonly engine: FakeEngine;
  readonly journal: Journal;
  readonly originals: Readonly<Record<string, string>>;
}

const reference = (image: string) => `registry.example/${image}:1`;
const imageId = (digit: string) => `sha256:${digit.repeat(64)}`;
const [first, newer, other] = [imageId('1'), imageId('2'), imageId('3')];

for (const [words, fleet] of Object.entries<Fleet>({ ...fleets, 'two of the same image in one project': twins })) {
  describe(words, () => {
    for (const badImages of [[], [newer]]) {
      const image = badImages.length === 0 ? 'good' : 'bad';
      test(`are whole again, and accounted for, after a kill at any call with a ${image} new image`, async (t) => {
        const found = createFindings();
        const all = deaths(await live({ ...createWorld(fleet, badImages), pass: updates }));
        for (const [at, death] of all.entries()) {
          const world = createWorld(fleet, badImages);
          await live({ ...world, pass: updates, death });
          await live({ ...world, pass: at % 2 === 0 ? recoveries : updates });
          await found.check(told(death), checkAll(world));
        }
        t.diagnostic(found.summary());
      });

      // Nothing on the engine tells that twins belong together, so each of them goes its own way then.
      test(`are whole again after a kill at any call with a ${image} new image and without the journal`, async (t) => {
        const found = createFindings();
        for (const death of deaths(await live({ ...createWorld(fleet, badImages), pass: updates }))) {
          const world = createWorld(fleet, badImages);
          await live({ ...world, pass: updates, death });
          await live({ ...world, journal: lastingJournal(), pass: recoveries });
          await found.check(told(death), checkEngine(world, fleet !== twins));
        }
        t.diagnostic(found.summary());
      });
    }

    test('are whole again when their recovery is killed too', async (t) => {
      const found = createFindings();
      const all = deaths(await live({ ...createWorld(fleet, []), pass: updates }));
      for (const [turn, death] of share(all, 9, 4).entries()) {
        const rehearsal = createWorld(fleet, []);
        await live({ ...rehearsal, pass: updates, death });
        for (const second of share(deaths(await live({ ...rehearsal, pass: recoveries })), 7, turn)) {
          const world = createWorld(fleet, []);
          await live({ ...world, pass: updates, death });
          await live({ ...world, pass: recoveries, death: second });
          await live({ ...world, pass: recoveries });
          await found.check(`${told(death)}, then ${told(second)}`, checkAll(world));
        }
      }
      t.diagnostic(found.summary());
    });
  });
}

function createWorld(fleet: Fleet, badImages: readonly string[]): World {
  const registry = createFakeRegistry();
  const engine = createFakeEngine({ registry });
  registry.put(reference('new'), { configDigest: first, config: { Cmd: ['serve'], Volumes: { '/state': {} } } });
  registry.put(reference('old'), { configDigest: other, config: { Cmd: ['serve'] } });
  for (const network of ['front', 'back']) engine.addNetwork(network);
  const originals = Object.fromEntries(
    Object.entries(fleet).map(([name, { image, host = {}, project, stopped, networks = [] }]) => {
      const Labels = project === undefined ? {} : { 'com.docker.compose.project': project };
      const hostConfig = { RestartPolicy: { Name: 'always', MaximumRetryCount: 0 }, ...host };
      const attached = networks.map((network) => ({ name: network, endpoint: {} }));
      const arranged = { image: reference(image), config: { StopTimeout: 1, Labels }, hostConfig, networks: attached };
      return [name, stopped ? engine.put(name, arranged) : engine.run(name, arranged)];
    }),
  );
  registry.put(reference('new'), { configDigest: newer, config: { Cmd: ['serve'], Volumes: { '/cache': {} } } });
  return { fleet, badImages, engine, journal: lastingJournal(), originals };
}

async function checkAll(world: World): Promise<void> {
  await checkEngine(world, true);
  await checkJournal(world);
}

/** Each name is borne by one container that runs as it did, beside the others as they are now, and nothing is left. */
async function checkEngine({ fleet, badImages, engine, originals }: World, asOne: boolean): Promise<void> {
  const names = Object.keys(fleet).toSorted();
  assert.deepEqual(engine.names(), names);
  const details = new Map<string, ContainerDetails>();
  for (const name of names) details.set(name, await engine.inspect(name));
  const sides = new Set<string>();
  for (const [name, { image, host = {}, stopped = false, networks }] of Object.entries<Spec>(fleet)) {
    const { Id, Image, State, HostConfig, NetworkSettings } = details.get(name) ?? assert.fail(name);
    assert.equal(State.Running, !stopped, `${name} runs`);
    assert.equal(HostConfig.RestartPolicy?.Name, 'always', `policy of ${name}`);
    assert.ok(!badImages.includes(Image), `a bad image is in charge of ${name}`);
    sides.add(Id === originals[name] ? 'original' : 'successor');
    if (Image === first) assert.equal(Id, originals[name], `a copy of ${name} is in charge`);
    const [, lender] = /^container:(.+)$/.exec(host.NetworkMode ?? '') ?? [];
    if (lender !== undefined) {
      assert.equal(HostConfig.NetworkMode, `container:${details.get(lender)?.Id}`, `network of ${name}`);
    }
    if (networks)
      assert.deepEqual(Object.keys(NetworkSettings.Networks ?? {}).toSorted(), networks.toSorted(), 'networks');
    if (host.Links) assert.deepEqual(HostConfig.Links, ['/db:/web/store'], 'links');
    if (image === 'old') assert.equal(Image, other);
    // It must also come up by itself.
    if (!stopped) continue;
    await engine.start(name);
    await engine.stop(name, { signal: null, graceSeconds: null });
  }
  if (asOne) assert.equal(sides.size, 1, `some went on and some did not: ${[...sides].join()}`);
  const used = new Set([...details.values()].flatMap(({ Mounts }) => (Mounts ?? []).map(({ Name = '' }) => Name)));
  assert.deepEqual(engine.volumes().toSorted(), [...used].toSorted(), 'volumes');
}

/** Each replacement that began has one ending, and each cycle its end. */
async function checkJournal({ journal }: World): Promise<void> {
  const events = await eventsOf(journal);
  for await (const record of journal.read(0)) {
    if (record.kind !== 'intent') continue;
    const { cycle, workload } = record;
    const endings = events.filter(
      (event) => event.cycle === cycle && 'ending' in event && event.workload?.name === workload.name,
    );
    assert.equal(endings.length, 1, `endings of ${workload.name}: ${endings.map(({ type }) => type).join()}`);
  }
  for (const { cycle } of events.filter(({ type }) => type === 'started')) {
    assert.equal(events.filter((event) => event.cycle === cycle && event.type === 'finished').length, 1, 'finished');
  }
}

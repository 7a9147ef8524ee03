import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { mapLimited } from '../../core/concurrency.ts';
import { engineApi } from '../../core/demo/engine-api.ts';
import { startBelfry } from '../kit/belfry.ts';
import { type Drawn, drawn, drawnFields, type Surroundings } from './drawn.ts';
import { unexplained } from './inspected.ts';
import { idle, openScene, type Scene } from './scene.ts';

const draws = process.env.BELFRY_FULL_DRAWS ? 200 : 12;
const perRun = 25;

describe('FM35, FM38: whatever settings a container has', () => {
  test(`an update keeps them: ${draws} containers, drawn from ${drawnFields.length} settings`, async (t) => {
    assert.ok(drawnFields.length >= 60);
    const seed = Number(process.env.BELFRY_DRAW_SEED ?? randomInt(2 ** 31));
    t.diagnostic(`seed ${seed}`);
    let kept = 0;
    for (let from = 0; from < draws; from += perRun) {
      const scene = await openScene(t, { window: '100ms' });
      const containers = drawMany(await surround(scene), Math.min(perRun, draws - from), seed + from);
      kept += await updateAll(scene, containers, `with BELFRY_DRAW_SEED=${seed}`);
      await scene.cleanUp();
    }
    assert.equal(kept, draws);
  });
});

function drawMany(around: Surroundings, count: number, seed: number): readonly Drawn[] {
  const nth = drawn(around);
  return Array.from({ length: count }, (_, at) => fc.sample(nth(at), { numRuns: 1, seed: seed + at })).flat();
}

/** Runs them, updates all in one run, and compares each with what it was. Resolves with how many there are. */
async function updateAll(scene: Scene, containers: readonly Drawn[], hint: string): Promise<number> {
  const image = { Entrypoint: ['sh', '-c'], Cmd: [idle], Volumes: { '/declared': {} } };
  const { reference } = await scene.release('web', '1', { ...image, Env: ['VERSION=1', 'MODE=image'] });
  await engineApi(scene.engineHost).pull(reference);
  const names: string[] = [];
  for (const [at, { create, connect }] of containers.entries()) {
    try {
      names.push(await place(scene, `drawn-${at}`, { create: { ...create, Image: reference }, connect }));
    } catch (error) {
      throw new Error(`drawn-${at} ${hint}: ${JSON.stringify(create)}`, { cause: error });
    }
  }
  const before = await Promise.all(names.map(scene.inspect));
  const running = before.filter(({ State }) => State.Running).length;
  assert.ok(running > names.length / 2, `only ${running} of ${names.length} run`);
  await scene.release('web', '2', { ...image, Env: ['VERSION=2', 'MODE=image'] });

  const env = { BELFRY_SCOPE: scene.scope, BELFRY_STABILITY_WINDOW: '100ms' };
  const options = { dockerHost: scene.engineHost, stateFolder: scene.stateFolder, env, timeoutMs: 600_000 };
  const run = await startBelfry(['update', '--include-stopped', ...names, '--json'], options).done;
  assert.equal(run.code, 0, `${hint}\n${run.stdout}\n${run.stderr}`);

  const left = await mapLimited([...before.entries()], 3, async ([at, was]) => {
    const is = await scene.inspect(was.Name.slice(1));
    assert.notEqual(is.Id, was.Id);
    assert.notEqual(is.Image, was.Image);
    return unexplained(was, is).map((difference) => ({ ...difference, of: containers[at]?.create }));
  });
  assert.deepEqual(left.flat(), [], hint);
  return names.length;
}

async function place(scene: Scene, short: string, { create, connect }: Drawn): Promise<string> {
  const { api, name } = scene;
  await api('POST', `/containers/create?name=${name(short)}`, create);
  for (const { name: network, endpoint } of connect) {
    await api('POST', `/networks/${network}/connect`, { Container: name(short), EndpointConfig: endpoint });
  }
  // Some machines have no GPU, or let nobody be privileged; what cannot start there is updated as it stands.
  await api('POST', `/containers/${name(short)}/start`).catch(() => {});
  return name(short);
}

/** Three networks of both families, and two volumes. */
async function surround({ api, name, scope }: Scene): Promise<Surroundings> {
  const labels = { 'belfry.scope': scope };
  const networks = ['mid', 'alpha', 'zulu'].map((short) => {
    const [b, c] = [randomInt(100, 160), randomInt(256)];
    return { name: name(short), four: `10.${b}.${c}`, six: `fd${b.toString(16)}:${c.toString(16)}:1` };
  });
  for (const { name: Name, four, six } of networks) {
    const Config = [{ Subnet: `${four}.0/24` }, { Subnet: `${six}::/64` }];
    await api('POST', '/networks/create', { Name, Labels: labels, EnableIPv6: true, IPAM: { Config } });
  }
  return { networks, volumes: [name('first'), name('second')], labels };
}

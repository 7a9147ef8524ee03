import assert from 'node:assert/strict';
import { engineApi } from '../../core/demo/engine-api.ts';
import type { Stage } from '../../core/demo/stage.ts';
import { unpackFirst } from '../../core/demo/tar.ts';
import type { MountPoint } from '../../core/engine/port.ts';
import { until } from '../kit/until.ts';

export interface VictimKind {
  /** Its restart policy. */
  readonly policy: string;
  /** Whether the newer image does not work. */
  readonly bad: boolean;
  /** Whether the original takes a second to stop. */
  readonly stopsSlowly: boolean;
}

/** A container in a scope of its own, for which a newer image has just been pushed. */
export interface Victim extends VictimKind {
  readonly name: string;
  readonly scope: string;
  readonly reference: string;
  readonly originalId: string;
  readonly originalImage: string;
  /** The unnamed volume with its data. */
  readonly volume: string;
}

/** The first container that has the volume writes its own name into it. */
const serve = (stop: string) =>
  `trap '${stop}' TERM; [ -f /state/owner ] || hostname > /state/owner; sleep 3600 & wait`;

export async function createVictim(stage: Stage, short: string, kind: VictimKind): Promise<Victim> {
  const { bad, policy, stopsSlowly } = kind;
  const push = (command: string, volumes: readonly string[]) =>
    stage.push(`${short}:1`, {
      // No two of them share an image, so that none keeps another's.
      config: {
        Cmd: ['sh', '-c', command],
        Env: ['PATH=/bin', `NAME=${short}`],
        Volumes: Object.fromEntries(volumes.map((path) => [path, {}])),
      },
    });
  const { reference } = await push(serve(stopsSlowly ? 'sleep 1; exit 0' : 'exit 0'), ['/state']);
  await engineApi(stage.engineHost).pull(reference);
  const [name, scope] = [stage.name(short), `${stage.scope}-${short}`];
  const HostConfig = { RestartPolicy: { Name: policy } };
  const Labels = { 'belfry.scope': scope };
  const create = { Image: reference, Labels, HostConfig, StopTimeout: stopsSlowly ? 3 : 1 };
  await stage.api('POST', `/containers/create?name=${name}`, create);
  await stage.api('POST', `/containers/${name}/start`);
  await until('its data', () => owner(stage, name));
  await push(bad ? 'exit 1' : serve('exit 0'), ['/state', '/cache']);
  const { Id: originalId, Image: originalImage, Mounts } = await stage.inspect(name);
  const volume = Mounts?.find(({ Destination }) => Destination === '/state')?.Name ?? '';
  return { ...kind, name, scope, reference, originalId, originalImage, volume };
}

/** What is on the engine in the victim's scope. */
interface Remains {
  readonly names: readonly string[];
  readonly volumes: readonly string[];
}

export async function remainsOf(stage: Stage, { scope }: Victim): Promise<Remains> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`belfry.scope=${scope}`] }));
  const rows = await stage.api<
    readonly { readonly Names: readonly string[]; readonly Mounts: readonly MountPoint[] }[]
  >('GET', `/containers/json?all=1&filters=${filters}`);
  return {
    names: rows.flatMap(({ Names }) => Names.map((name) => name.slice(1))),
    volumes: rows.flatMap(({ Mounts }) => Mounts.flatMap(({ Name }) => Name ?? [])),
  };
}

interface Expectation {
  /** What the container must run; either where nothing is said. */
  readonly image?: 'original' | 'newer';
  /** Whether anything was left that tells of a tag that was moved. */
  readonly knowsTag: boolean;
  /** Volumes that there were at some time. */
  readonly volumes: Iterable<string>;
}

/** One container runs under the name, with its policy, its data and its tag, and nothing else is left. */
export async function checkWhole(stage: Stage, victim: Victim, expected: Expectation): Promise<void> {
  const { names, volumes } = await remainsOf(stage, victim);
  assert.deepEqual(names, [victim.name], 'containers');
  const { Id, Image, State, HostConfig } = await stage.inspect(victim.name);
  assert.ok(State.Running && !State.Restarting, `it is ${State.Status}`);
  assert.equal(HostConfig.RestartPolicy?.Name, victim.policy, 'restart policy');
  const image = Image === victim.originalImage ? 'original' : 'newer';
  assert.equal(image, expected.image ?? image, 'image');
  if (image === 'original') assert.equal(Id, victim.originalId, 'a copy of the original is in charge');

  assert.ok(victim.originalId.startsWith((await owner(stage, victim.name)) ?? 'nobody'), 'the data');
  const left: string[] = [];
  for (const volume of expected.volumes) {
    if (!volumes.includes(volume) && (await exists(stage, `/volumes/${volume}`))) left.push(volume);
  }
  assert.deepEqual(left, [], 'volumes that nothing uses');
  if (!expected.knowsTag && image === 'original') return;
  const tagged = await stage.api<{ readonly Id: string }>('GET', `/images/${victim.reference}/json`);
  assert.equal(tagged.Id, Image, 'the tag names the image in charge');
}

/** With its volumes, which a forced removal alone leaves where they were attached again. */
export async function removeVictim(stage: Stage, victim: Victim, volumes: Iterable<string>): Promise<void> {
  const { ask } = engineApi(stage.engineHost);
  const now = await remainsOf(stage, victim);
  for (const name of now.names) await ask('DELETE', `/containers/${name}?force=1&v=1`);
  for (const volume of new Set([...volumes, ...now.volumes])) await ask('DELETE', `/volumes/${volume}`);
}

/** The name in its data; undefined where there is none yet. */
async function owner({ engineHost }: Stage, name: string): Promise<string | undefined> {
  const answer = await engineApi(engineHost).ask('GET', `/containers/${name}/archive?path=/state/owner`);
  return answer.status === 200 ? unpackFirst(answer.body).toString().trim() || undefined : undefined;
}

async function exists({ engineHost }: Stage, path: string): Promise<boolean> {
  return (await engineApi(engineHost).ask('GET', path)).status === 200;
}

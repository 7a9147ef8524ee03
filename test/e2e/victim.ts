import assert from 'node:assert/strict';
import { engineApi } from '../../core/demo/engine-api.ts';
import type { Stage } from '../../core/demo/stage.ts';
import { unpackFirst } from '../../core/demo/tar.ts';
import type { ContainerDetails, HostConfig, Json, MountPoint } from '../../core/engine/port.ts';
import { until } from '../kit/until.ts';

export interface VictimKind {
  /** Its restart policy; `--rm` excludes one. */
  readonly policy: 'always' | 'unless-stopped' | '--rm';
  /** Whether the newer image does not work. */
  readonly bad: boolean;
  /** Whether the original takes a second to stop. */
  readonly stopsSlowly?: boolean;
  readonly companions?: readonly Companion[];
}

/** What is replaced together with it: a twin has the same image, the others keep the one they have. */
export type Companion = 'twin' | 'follower' | 'linked' | 'borrower';

const ties: Readonly<Record<Companion, (name: string) => HostConfig>> = {
  twin: () => ({}),
  follower: (name) => ({ NetworkMode: `container:${name}` }),
  linked: (name) => ({ Links: [`${name}:store`] }),
  borrower: (name) => ({ VolumesFrom: [name] }),
};

/** A container in a scope of its own, for which a newer image has just been pushed, with its companions. */
export interface Victim extends VictimKind {
  readonly name: string;
  readonly scope: string;
  readonly reference: string;
  readonly parts: readonly Part[];
}

interface Part {
  readonly original: ContainerDetails;
  /** Whose name stands in its data. */
  readonly owner: string;
  readonly tie: Companion | undefined;
}

/** The first container that has the volume writes its own name into it. */
const serve = (stop: string) =>
  `trap '${stop}' TERM; [ -f /state/owner ] || hostname > /state/owner; sleep 3600 & wait`;

export async function createVictim(stage: Stage, short: string, kind: VictimKind): Promise<Victim> {
  const { bad, policy, stopsSlowly = false, companions = [] } = kind;
  const push = (tag: string, command: string, volumes: readonly string[]) =>
    stage.push(`${short}:${tag}`, {
      // No two of them share an image, in whatever run, so that none keeps another's.
      config: {
        Cmd: ['sh', '-c', command],
        Env: ['PATH=/bin', `NAME=${stage.name(short)}:${tag}`],
        Volumes: Object.fromEntries(volumes.map((path) => [path, {}])),
      },
    });
  const [name, scope] = [stage.name(short), `${stage.scope}-${short}`];
  const life: Json = policy === '--rm' ? { AutoRemove: true } : { RestartPolicy: { Name: policy } };
  const run = async (reference: string, tie?: Companion): Promise<Part> => {
    const called = tie === undefined ? name : `${name}-${tie}`;
    const create: Json = {
      Image: reference,
      Labels: { 'belfry.scope': scope, 'com.docker.compose.project': scope },
      HostConfig: { ...life, ...(tie && ties[tie](name)) },
      StopTimeout: stopsSlowly ? 3 : 1,
    };
    await stage.api('POST', `/containers/create?name=${called}`, create);
    await stage.api('POST', `/containers/${called}/start`);
    const owner = await until('its data', () => ownerOf(stage, called));
    return { original: await stage.inspect(called), owner, tie };
  };

  const { reference } = await push('1', serve(stopsSlowly ? 'sleep 1; exit 0' : 'exit 0'), ['/state']);
  await engineApi(stage.engineHost).pull(reference);
  const parts = [await run(reference)];
  for (const tie of companions) {
    const own = tie === 'twin' ? undefined : await push(tie, serve('exit 0'), ['/state']);
    if (own !== undefined) await engineApi(stage.engineHost).pull(own.reference);
    parts.push(await run(own?.reference ?? reference, tie));
  }
  await push('1', bad ? 'exit 1' : serve('exit 0'), ['/state', '/cache']);
  return { ...kind, name, scope, reference, parts };
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
    // Links give a container further names, such as /web/db.
    names: rows.flatMap(({ Names }) => Names.map((path) => path.slice(1)).filter((name) => !name.includes('/'))),
    volumes: rows.flatMap(({ Mounts }) => Mounts.flatMap(({ Name }) => Name ?? [])),
  };
}

type Side = 'original' | 'newer';

interface Expectation {
  /** On which side all must be; on either where nothing is said. */
  readonly image?: Side;
  /** Whether some may have gone on where others have not. */
  readonly apart?: boolean;
  /** Whether anything was left that tells of a tag that was moved. */
  readonly knowsTag: boolean;
  /** Volumes that there were at some time. */
  readonly volumes: Iterable<string>;
}

/** One container runs under each name, with its policy, data, ties and tag, and nothing else is left. */
export async function checkWhole(stage: Stage, victim: Victim, expected: Expectation): Promise<void> {
  const { names, volumes } = await remainsOf(stage, victim);
  const wanted = victim.parts.map(({ original }) => original.Name.slice(1));
  assert.deepEqual(names.toSorted(), wanted.toSorted(), 'containers');
  const sides: Side[] = [];
  for (const part of victim.parts) sides.push(await checkPart(stage, victim, part));
  const [image] = sides;
  const together = sides.every((side) => side === image);
  assert.ok(together || expected.apart, `some went on and some did not: ${sides.join()}`);
  assert.equal(image, expected.image ?? image, 'image');

  const left: string[] = [];
  for (const volume of expected.volumes) {
    if (!volumes.includes(volume) && (await exists(stage, `/volumes/${volume}`))) left.push(volume);
  }
  assert.deepEqual(left, [], 'volumes that nothing uses');
  if (!together || (!expected.knowsTag && image === 'original')) return;
  const tagged = await stage.api<{ readonly Id: string }>('GET', `/images/${victim.reference}/json`);
  assert.equal(tagged.Id, (await stage.inspect(victim.name)).Image, 'the tag names the image in charge');
}

async function checkPart(stage: Stage, { name, policy }: Victim, { original, owner, tie }: Part): Promise<Side> {
  const own = original.Name.slice(1);
  const { Id, Image, State, HostConfig, Mounts } = await stage.inspect(own);
  assert.ok(State.Running && !State.Restarting, `${own} is ${State.Status}`);
  const { RestartPolicy, AutoRemove, NetworkMode, Links, VolumesFrom } = HostConfig;
  assert.equal(AutoRemove ? '--rm' : RestartPolicy?.Name, policy, 'restart policy');
  assert.equal(await ownerOf(stage, own), owner, 'the data');

  if (tie === 'follower') assert.equal(NetworkMode, `container:${(await stage.inspect(name)).Id}`, 'network');
  else assert.deepEqual([Links, VolumesFrom], [original.HostConfig.Links, original.HostConfig.VolumesFrom]);
  const keeps = tie !== undefined && tie !== 'twin';
  if (keeps) assert.equal(Image, original.Image, `image of ${own}`);
  const volume = (mounts: ContainerDetails['Mounts']) =>
    mounts?.find(({ Destination }) => Destination === '/state')?.Name;
  assert.equal(volume(Mounts), volume(original.Mounts), `volume of ${own}`);
  if (Id === original.Id) return 'original';
  if (keeps || Image !== original.Image) return 'newer';
  // With `--rm` there is nothing else to go back to.
  assert.equal(policy, '--rm', `a copy of ${own} is in charge`);
  return 'original';
}

/** With its volumes, which a forced removal alone leaves where they were attached again. */
export async function removeVictim(stage: Stage, victim: Victim, volumes: Iterable<string>): Promise<void> {
  const { ask } = engineApi(stage.engineHost);
  const now = await remainsOf(stage, victim);
  for (const name of now.names) await ask('DELETE', `/containers/${name}?force=1&v=1`);
  for (const volume of new Set([...volumes, ...now.volumes])) await ask('DELETE', `/volumes/${volume}`);
}

/** The name in its data; undefined where there is none yet. */
async function ownerOf({ engineHost }: Stage, name: string): Promise<string | undefined> {
  const answer = await engineApi(engineHost).ask('GET', `/containers/${name}/archive?path=/state/owner`);
  return answer.status === 200 ? unpackFirst(answer.body).toString().trim() || undefined : undefined;
}

async function exists({ engineHost }: Stage, path: string): Promise<boolean> {
  return (await engineApi(engineHost).ask('GET', path)).status === 200;
}

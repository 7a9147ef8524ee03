import { randomBytes } from 'node:crypto';
import { pushImage } from '../core/demo/image.ts';
import type { Stage } from '../core/demo/stage.ts';
import type { Recording } from './canned-engine.ts';

/** Labels as Compose and a careful image give them: they are most of what the engine's list holds. */
const containerLabels = {
  'com.docker.compose.config-hash': '2c4b1f0e9a7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3',
  'com.docker.compose.container-number': '1',
  'com.docker.compose.depends_on': '',
  'com.docker.compose.oneoff': 'False',
  'com.docker.compose.project': 'bench',
  'com.docker.compose.project.config_files': '/srv/bench/compose.yml',
  'com.docker.compose.project.working_dir': '/srv/bench',
  'com.docker.compose.service': 'web',
  'com.docker.compose.version': '2.40.3',
};

const imageLabels = {
  'org.opencontainers.image.title': 'bench',
  'org.opencontainers.image.version': '1.0.0',
  'org.opencontainers.image.source': 'https://git.example.org/bench/bench',
  'org.opencontainers.image.revision': '8f14e45fceea167a5a36dedd4bea2543a1b2c3d4',
  'org.opencontainers.image.created': '2026-01-01T00:00:00Z',
  'org.opencontainers.image.licenses': 'Apache-2.0',
};

/** Containers on a real engine, of two images: one of each runs, the others have only been created. */
export async function realFleet(stage: Stage, registry: string, count: number): Promise<void> {
  for (const name of ['one', 'two']) {
    await stage.push(`${name}:1`, { config: { Labels: { ...imageLabels, name }, Cmd: ['sleep', '3600'] } });
    const create = { Image: stage.reference(`${name}:1`, registry), Labels: { ...containerLabels } };
    const options = { ...create, HostConfig: { Binds: [`${stage.name('files')}:/files`] } };
    await stage.run(name, { ...options, StopSignal: 'SIGKILL' });
    const Labels = { ...containerLabels, 'belfry.scope': stage.scope };
    for (let n = 1; n < count / 2; n += 1) {
      await stage.api('POST', `/containers/create?name=${stage.name(`${name}-${n}`)}`, { ...options, Labels });
    }
  }
}

interface Row {
  readonly Labels: Readonly<Record<string, string>>;
}

/** One of each of a real engine's answers. */
export interface Sample {
  readonly info: object;
  readonly container: Row;
  readonly image: Row;
}

/** What the engine says of a container and an image of the real fleet. */
export async function recordSample(stage: Stage, registry: string): Promise<Sample> {
  const first = async (path: string, filters: object) => {
    const rows = await stage.api<readonly Row[]>(
      'GET',
      `${path}?filters=${encodeURIComponent(JSON.stringify(filters))}`,
    );
    if (rows[0] === undefined) throw new Error(`the engine shows nothing at ${path}`);
    return rows[0];
  };
  return {
    info: await stage.api<object>('GET', '/info'),
    container: await first('/containers/json', { name: [`^/${stage.name('one')}$`] }),
    image: await first('/images/json', { reference: [stage.reference('one', registry)] }),
  };
}

/** What the engine would answer with so many containers: the sample, multiplied. All are up to date. */
export async function multiply(
  stage: Stage,
  sample: Sample,
  fleet: { readonly registry: string; readonly containers: number; readonly images: number },
): Promise<Recording> {
  const images: (Row & { readonly Id: string; readonly RepoTags: readonly [string] })[] = [];
  for (let n = 0; n < fleet.images; n += 1) {
    const config = { Labels: { ...imageLabels, name: `app-${n}` } };
    const { digest, configDigest } = await pushImage(stage.registry, `${stage.prefix}/app-${n}:1`, { config });
    const name = stage.reference(`app-${n}`, fleet.registry);
    const names = { RepoTags: [`${name}:1`] as const, RepoDigests: [`${name}@${digest}`] };
    images.push({ ...sample.image, ...names, Id: configDigest });
  }
  const { 'belfry.scope': _, ...Labels } = sample.container.Labels;
  const containers = Array.from({ length: fleet.containers }, (_, n) => {
    const of = images[n % images.length];
    const Id = randomBytes(32).toString('hex');
    return { ...sample.container, Id, Names: [`/web-${n}`], Image: of?.RepoTags[0], ImageID: of?.Id, Labels };
  });
  return { info: sample.info, containers, images };
}

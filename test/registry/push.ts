import { createHash } from 'node:crypto';
import type { FakeImage } from '../kit/fake-registry.ts';

/** What can be pushed: an image without digests of its own choosing. */
export type Recipe = Omit<FakeImage, 'digest' | 'configDigest'>;
export type Format = keyof typeof mediaTypes;

const mediaTypes = {
  oci: {
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  docker: {
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
} as const;

export interface Pushed {
  readonly digest: string;
  readonly configDigest: string;
  readonly size: number;
}

export interface Pusher {
  /** A manifest of our own making, byte for byte, and the one blob it names. */
  content(
    repository: string,
    tag: string,
    content: { readonly manifest: string; readonly blob: string },
  ): Promise<void>;
  image(repository: string, tag: string | null, recipe: Recipe): Promise<Pushed>;
  index(repository: string, tag: string | null, recipes: readonly Recipe[]): Promise<string>;
}

/** Pushes images to a registry over plain HTTP. `authorize` gives the Authorization header for a repository. */
export function createPusher(
  host: string,
  options: { readonly format?: Format; readonly authorize?: (repository: string) => Promise<string> } = {},
): Pusher {
  const types = mediaTypes[options.format ?? 'oci'];

  async function send(
    method: string,
    url: string,
    repository: string,
    content?: { type: string; body: string | Buffer },
  ) {
    const headers = new Headers();
    if (options.authorize) headers.set('authorization', await options.authorize(repository));
    if (content) headers.set('content-type', content.type);
    const answer = await fetch(url, { method, headers, ...(content && { body: content.body }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
    return answer.headers;
  }

  async function blob(repository: string, body: string | Buffer): Promise<string> {
    const digest = digestOf(body);
    const headers = await send('POST', `http://${host}/v2/${repository}/blobs/uploads/`, repository);
    const place = new URL(headers.get('location') ?? '', `http://${host}`);
    place.searchParams.set('digest', digest);
    await send('PUT', place.href, repository, { type: 'application/octet-stream', body });
    return digest;
  }

  async function manifest(repository: string, tag: string | null, type: string, content: object): Promise<string> {
    const body = JSON.stringify({ schemaVersion: 2, mediaType: type, ...content });
    const digest = digestOf(body);
    await send('PUT', `http://${host}/v2/${repository}/manifests/${tag ?? digest}`, repository, { type, body });
    return digest;
  }

  async function image(repository: string, tag: string | null, recipe: Recipe): Promise<Pushed> {
    const layer = Buffer.alloc(recipe.bytes ?? 10, JSON.stringify(recipe));
    const configuration = JSON.stringify(configurationOf(recipe));
    const layers = [{ mediaType: types.layer, digest: await blob(repository, layer), size: layer.length }];
    const configDigest = await blob(repository, configuration);
    const config = { mediaType: types.config, digest: configDigest, size: configuration.length };
    const digest = await manifest(repository, tag, types.manifest, { config, layers });
    return { digest, configDigest, size: layer.length };
  }

  async function index(repository: string, tag: string | null, recipes: readonly Recipe[]): Promise<string> {
    const manifests = [];
    for (const recipe of recipes) {
      const { digest, size } = await image(repository, null, recipe);
      manifests.push({ mediaType: types.manifest, digest, size, platform: platformOf(recipe) });
    }
    return manifest(repository, tag, types.index, { manifests });
  }

  async function content(repository: string, tag: string, own: { readonly manifest: string; readonly blob: string }) {
    await blob(repository, own.blob);
    const url = `http://${host}/v2/${repository}/manifests/${tag}`;
    await send('PUT', url, repository, { type: mediaTypes.oci.manifest, body: own.manifest });
  }

  return { image, index, content };
}

/** The configuration blob of an image. */
export function configurationOf(recipe: Recipe): object {
  const config = { ...recipe.config, ...(recipe.labels && { Labels: recipe.labels }) };
  const created = recipe.created === undefined || recipe.created === null ? {} : { created: recipe.created };
  return { ...platformOf(recipe), ...created, config, rootfs: { type: 'layers', diff_ids: [] } };
}

export function digestOf(content: string | Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

function platformOf({ platform }: Recipe): object {
  const { os, architecture, variant } = platform ?? { os: 'linux', architecture: 'amd64', variant: null };
  return { os, architecture, ...(variant !== null && { variant }) };
}

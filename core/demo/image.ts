import type { ImageDefaults } from '../engine/port.ts';
import type { Platform } from '../registry/port.ts';
import type { Base } from './base.ts';
import { digestOf, packLayer } from './layer.ts';
import { type Destination, destinationOf, pushBlob, pushManifest } from './push.ts';
import type { Tree } from './tar.ts';

/** An image to make. The same description gives the same digests. */
export interface ImageSpec {
  /** The root file system below `layers`; without it an image cannot run much. */
  readonly base?: Base;
  readonly layers?: readonly Tree[];
  readonly config?: ImageDefaults;
  /** ISO 8601. */
  readonly created?: string;
  /** The base's, unless given. */
  readonly platform?: Platform;
  /** With OCI media types instead of Docker's. */
  readonly oci?: boolean;
}

/** What a registry holds under a name: enough for a list to refer to it. */
export interface PushedManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
}

export interface PushedImage extends PushedManifest {
  readonly configDigest: string;
  readonly platform: Platform;
}

const kinds = {
  docker: {
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
  },
  oci: {
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
    index: 'application/vnd.oci.image.index.v1+json',
  },
} as const;

const longAgo = '2024-01-01T00:00:00Z';

/** Makes an image and pushes it as `repository:tag`, or by digest alone where no tag is given. */
export async function pushImage(registry: string, name: string, spec: ImageSpec): Promise<PushedImage> {
  const destination = destinationOf(registry, name);
  const kind = spec.oci ? kinds.oci : kinds.docker;
  const platform = spec.platform ?? spec.base?.platform ?? { os: 'linux', architecture: 'amd64', variant: null };
  const layers = [...(spec.base ? [spec.base.layer] : []), ...(spec.layers ?? []).map(packLayer)];
  const config = JSON.stringify({
    ...platformFields(platform),
    created: spec.created ?? longAgo,
    config: spec.config ?? {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  });
  for (const blob of [...layers.map((layer) => layer.blob), Buffer.from(config)]) await pushBlob(destination, blob);
  const pushed = await pushJson(destination, kind.manifest, {
    config: { mediaType: kind.config, size: Buffer.byteLength(config), digest: digestOf(config) },
    layers: layers.map(({ blob, digest }) => ({ mediaType: kind.layer, size: blob.length, digest })),
  });
  return { ...pushed, configDigest: digestOf(config), platform };
}

/**
 * Pushes a list of images of the same repository: an OCI index, or with `docker` a manifest list. With `attestations`
 * each image has one, as BuildKit makes them: a manifest for the platform unknown/unknown.
 */
export async function pushIndex(
  registry: string,
  name: string,
  list: {
    /** An index among them is nested, and states no platform. */
    readonly images: readonly (PushedManifest & { readonly platform?: Platform })[];
    readonly docker?: boolean;
    readonly attestations?: boolean;
  },
): Promise<PushedManifest> {
  const destination = destinationOf(registry, name);
  const attested = list.attestations ? list.images : [];
  const attestations: object[] = [];
  // One by one: they share a blob, which the registry may not take twice at the same moment.
  for (const { digest } of attested) attestations.push(await pushAttestation(destination, digest));
  const manifests = list.images.map(({ digest, mediaType, size, platform }) => ({
    ...{ mediaType, digest, size },
    ...(platform && { platform: platformFields(platform) }),
  }));
  const kind = list.docker ? kinds.docker : kinds.oci;
  return pushJson(destination, kind.index, { manifests: [...manifests, ...attestations] });
}

async function pushAttestation(destination: Destination, subject: string): Promise<object> {
  const statement = JSON.stringify({ _type: 'https://in-toto.io/Statement/v0.1', subject: [{ digest: subject }] });
  const config = JSON.stringify({ architecture: 'unknown', os: 'unknown', config: {} });
  await pushBlob(destination, Buffer.from(statement));
  await pushBlob(destination, Buffer.from(config));
  const descriptor = (mediaType: string, content: string) => ({
    ...{ mediaType, digest: digestOf(content), size: Buffer.byteLength(content) },
  });
  const { mediaType, digest, size } = await pushJson({ ...destination, tag: undefined }, kinds.oci.manifest, {
    config: descriptor(kinds.oci.config, config),
    layers: [descriptor('application/vnd.in-toto+json', statement)],
  });
  return {
    ...{ mediaType, digest, size },
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': subject },
  };
}

async function pushJson(destination: Destination, mediaType: string, fields: object): Promise<PushedManifest> {
  const text = JSON.stringify({ schemaVersion: 2, mediaType, ...fields });
  const digest = await pushManifest(destination, mediaType, text);
  return { digest, mediaType, size: Buffer.byteLength(text) };
}

function platformFields({ os, architecture, variant }: Platform): object {
  return { os, architecture, ...(variant === null ? {} : { variant }) };
}

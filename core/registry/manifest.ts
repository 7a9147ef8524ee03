import { createHash } from 'node:crypto';
import { isRecord, parseJson } from './json.ts';
import type { Platform } from './port.ts';
import { isDigest } from './reference.ts';

/** What a manifest says of one piece of content. */
export interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  readonly platform: Platform | undefined;
  /** True for provenance and the like, which stands beside the images of an index and cannot run. */
  readonly attestation: boolean;
}

/** A manifest by what can be done with it. */
export type Manifest =
  | { readonly kind: 'index'; readonly manifests: readonly Descriptor[] }
  | { readonly kind: 'image'; readonly config: Descriptor; readonly layers: readonly Descriptor[] }
  /** It says of itself what it is, but Belfry cannot run it. */
  | { readonly kind: 'unsupported'; readonly what: string }
  | { readonly kind: 'invalid' };

const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const imageTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const configTypes = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
  // Docker 1.10 wrote this one, and engines still take it.
  'application/octet-stream',
];

/** The kinds of manifest to ask for. */
export const acceptedManifests = [...indexTypes, ...imageTypes].join(', ');

export function isIndexType(mediaType: string): boolean {
  return indexTypes.includes(mediaType);
}

/** Reads a manifest by its content: the Content-Type of an answer is not covered by its digest. */
export function parseManifest(body: Buffer): Manifest {
  const json = parseJson(body);
  if (!isRecord(json)) return { kind: 'invalid' };
  if (json.schemaVersion === 1) return { kind: 'unsupported', what: 'an image of Docker’s schema 1' };
  if (json.schemaVersion !== 2) return { kind: 'invalid' };
  if (Array.isArray(json.manifests)) return parseIndex(json.manifests);
  const config = parseDescriptor(json.config);
  const layers = Array.isArray(json.layers)
    ? json.layers.map(parseDescriptor).filter((layer) => layer !== undefined)
    : [];
  if (config === undefined || !Array.isArray(json.layers) || layers.length < json.layers.length)
    return { kind: 'invalid' };
  if (configTypes.includes(config.mediaType)) return { kind: 'image', config, layers };
  const type = typeof json.artifactType === 'string' ? json.artifactType : config.mediaType;
  return { kind: 'unsupported', what: `an artifact of type ${type.slice(0, 100)}` };
}

function parseIndex(entries: readonly unknown[]): Manifest {
  const manifests = entries.map(parseDescriptor).filter((descriptor) => descriptor !== undefined);
  return manifests.length < entries.length ? { kind: 'invalid' } : { kind: 'index', manifests };
}

function parseDescriptor(json: unknown): Descriptor | undefined {
  if (!isRecord(json) || typeof json.digest !== 'string' || !isDigest(json.digest)) return undefined;
  const { digest, mediaType, size } = json;
  const platform = parsePlatform(json.platform);
  const kind = isRecord(json.annotations) ? json.annotations['vnd.docker.reference.type'] : undefined;
  return {
    digest,
    mediaType: typeof mediaType === 'string' ? mediaType : '',
    size: typeof size === 'number' && size > 0 ? size : 0,
    platform,
    attestation: kind === 'attestation-manifest' || (platform?.os === 'unknown' && platform.architecture === 'unknown'),
  };
}

/** The platform that an object states, in an index or in an image's configuration. */
export function parsePlatform(json: unknown): Platform | undefined {
  if (!isRecord(json)) return undefined;
  const { os, architecture, variant } = json;
  if (typeof os !== 'string' || typeof architecture !== 'string' || os === '' || architecture === '') return undefined;
  return { os, architecture, variant: typeof variant === 'string' && variant !== '' ? variant : null };
}

/** The digest of content, by the algorithm of another digest. */
export function digestOf(content: Buffer, like = 'sha256:'): string {
  const algorithm = like.slice(0, like.indexOf(':'));
  return `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`;
}

import { AppError } from '../errors/app-error.ts';
import { isRecord, parseJson } from './json.ts';
import { type Descriptor, digestOf, isIndexType, type Manifest, parseManifest, parsePlatform } from './manifest.ts';
import { formatPlatform, platformDistance } from './platform.ts';
import type { Candidate, Platform } from './port.ts';

/** Where content comes from, for one repository. */
export interface Source {
  /** What is asked about, for messages. */
  readonly subject: string;
  manifest(digest: string): Promise<Buffer>;
  blob(digest: string): Promise<Buffer>;
}

const deepestIndex = 3;
const mostIndexes = 16;
const mostTried = 16;

/** Follows a digest to the image for a platform: index, manifest, configuration, every one held to its digest. */
export async function readCandidate(source: Source, digest: string, platform: Platform): Promise<Candidate> {
  const top = await readManifest(source, digest);
  if (top.kind === 'image') {
    const candidate = await readImage(source, { digest, manifestDigest: digest, image: top });
    if (platformDistance(platform, candidate.platform) !== undefined) return candidate;
    throw missing(source, platform, formatPlatform(candidate.platform));
  }
  const offers = await imagesOf(source, top);
  for (const offer of closestFirst(offers, platform).slice(0, mostTried)) {
    const image = await readManifest(source, offer.digest);
    if (image.kind !== 'image') throw invalid(source, 'its index names something that is no image');
    const told = offer.platform;
    const candidate = await readImage(source, { digest, manifestDigest: offer.digest, image, told });
    if (platformDistance(platform, candidate.platform) !== undefined) return candidate;
  }
  const names = offers.flatMap((offer) => (offer.platform ? [formatPlatform(offer.platform)] : []));
  throw missing(source, platform, names.length === 0 ? 'nothing' : names.slice(0, 20).join(', '));
}

type Image = Extract<Manifest, { kind: 'image' }>;
type Index = Extract<Manifest, { kind: 'index' }>;

async function readManifest(source: Source, digest: string): Promise<Image | Index> {
  const body = verified(source, digest, await source.manifest(digest));
  const manifest = parseManifest(body);
  if (manifest.kind === 'invalid') throw invalid(source, 'its manifest is malformed');
  if (manifest.kind !== 'unsupported') return manifest;
  throw new AppError('REGISTRY_MANIFEST_UNSUPPORTED', `${source.subject} is ${manifest.what}.`);
}

/** The images of an index and of those nested in it, without attestations. */
async function imagesOf(source: Source, top: Index): Promise<readonly Descriptor[]> {
  const images: Descriptor[] = [];
  let level: readonly Index[] = [top];
  let seen = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    const entries = level.flatMap(({ manifests }) => manifests).filter(({ attestation }) => !attestation);
    const nested = entries.filter(({ mediaType }) => isIndexType(mediaType));
    images.push(...entries.filter(({ mediaType }) => !isIndexType(mediaType)));
    seen += nested.length;
    if (nested.length > 0 && (depth === deepestIndex || seen > mostIndexes)) {
      throw invalid(source, 'its indexes are nested too deeply');
    }
    const read = await Promise.all(nested.map(({ digest }) => readManifest(source, digest)));
    level = read.filter((manifest) => manifest.kind === 'index');
  }
  return images;
}

/** What may fit, best first. An entry that states no platform comes last: only its configuration can tell. */
function closestFirst(offers: readonly Descriptor[], platform: Platform): readonly Descriptor[] {
  const ranked = offers.flatMap((offer) => {
    const distance =
      offer.platform === undefined ? Number.POSITIVE_INFINITY : platformDistance(platform, offer.platform);
    return distance === undefined ? [] : [{ offer, distance }];
  });
  return ranked.sort((a, b) => (a.distance === b.distance ? 0 : a.distance - b.distance)).map(({ offer }) => offer);
}

interface Found {
  readonly digest: string;
  readonly manifestDigest: string;
  readonly image: Image;
  /** The platform by the index's word, where there is one. */
  readonly told?: Platform | undefined;
}

async function readImage(source: Source, { digest, manifestDigest, image, told }: Found): Promise<Candidate> {
  const body = verified(source, image.config.digest, await source.blob(image.config.digest));
  const json = parseJson(body);
  if (!isRecord(json)) throw invalid(source, 'its configuration is not a JSON object');
  const stated = parsePlatform(json) ?? told;
  if (stated === undefined) throw invalid(source, 'its configuration names no platform');
  const config = isRecord(json.config) ? json.config : {};
  return {
    digest,
    manifestDigest,
    configDigest: image.config.digest,
    // Many builders leave the variant to the index.
    platform: { ...stated, variant: stated.variant ?? told?.variant ?? null },
    created: typeof json.created === 'string' ? json.created : null,
    labels: labelsOf(config.Labels),
    config,
    downloadBytes: image.layers.reduce((sum, { size }) => sum + size, 0),
    layers: layersOf(image, json),
  };
}

/** The configuration lists the layers of the manifest in the same order, by what they unpack to. */
function layersOf({ layers }: Image, { rootfs }: Record<string, unknown>): Readonly<Record<string, number>> {
  const ids = isRecord(rootfs) && Array.isArray(rootfs.diff_ids) ? rootfs.diff_ids : [];
  if (ids.length !== layers.length) return {};
  return Object.fromEntries(layers.map(({ size }, at) => [String(ids[at]), size]));
}

function labelsOf(json: unknown): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  if (isRecord(json))
    for (const [name, value] of Object.entries(json)) if (typeof value === 'string') labels[name] = value;
  return labels;
}

function verified(source: Source, digest: string, body: Buffer): Buffer {
  if (digestOf(body, digest) === digest) return body;
  throw invalid(source, `its content is not that of ${digest}`);
}

function invalid(source: Source, why: string): AppError {
  return new AppError('REGISTRY_ANSWER_INVALID', `${source.subject}: ${why}.`);
}

function missing(source: Source, platform: Platform, offered: string): AppError {
  const message = `${source.subject} has no image for ${formatPlatform(platform)}; it has ${offered}.`;
  return new AppError('REGISTRY_PLATFORM_MISSING', message);
}

import { createHash } from 'node:crypto';
import { AppError } from '../../core/errors/app-error.ts';
import type { Code } from '../../core/errors/catalogue.ts';
import { formatPlatform, platformDistance } from '../../core/registry/platform.ts';
import type {
  Candidate,
  ImageConfig,
  Platform,
  PullCredentials,
  Reference,
  Registry,
} from '../../core/registry/port.ts';
import { contentOf, formatReference, parseReference, repositoryName } from '../../core/registry/reference.ts';

/** What an image is; the same image has the same digests, unless it states its own. */
export interface FakeImage {
  readonly digest?: string;
  readonly configDigest?: string;
  /** linux/amd64 unless given. */
  readonly platform?: Platform;
  /** ISO 8601. */
  readonly created?: string | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly config?: ImageConfig;
  /** Of its layers, compressed. */
  readonly bytes?: number;
}

/** All registries in memory, whatever their host. */
export interface FakeRegistry extends Registry {
  /** What was asked so far, answers from memory left out. */
  readonly questions: {
    readonly digest: readonly string[];
    readonly tags: readonly string[];
    readonly candidate: readonly string[];
  };
  readonly cycles: number;
  /** Points the reference's tag at an image; its digest. */
  put(reference: string, image?: FakeImage): string;
  /** Points the reference's tag at an index of images; its digest. */
  putIndex(reference: string, images: readonly FakeImage[], digest?: string): string;
  /** Has a repository serve a manifest by tag or digest, or a blob by digest, byte for byte. */
  putContent(repository: string, name: string, content: Buffer): void;
  /** Takes the tag away; what it pointed at stays, by digest. */
  remove(reference: string): void;
  /** From now on questions about the reference fail, and pulls of exactly this one. */
  fail(reference: string, code: Code, message?: string): void;
  mend(reference: string): void;
  /** For pulls from a host. */
  setCredentials(registry: string, credentials: PullCredentials): void;
  /** What an engine gets when it pulls; neither a question nor remembered. */
  pull(reference: Reference, platform: Platform): Candidate;
}

interface Content {
  readonly digest: string;
  readonly images: readonly Candidate[];
}

export function createFakeRegistry(): FakeRegistry {
  const tags = new Map<string, string>();
  const contents = new Map<string, Content>();
  const failures = new Map<string, AppError>();
  const credentials = new Map<string, PullCredentials>();
  const answers = new Map<string, string>();
  const questions: { [asked in keyof FakeRegistry['questions']]: string[] } = { digest: [], tags: [], candidate: [] };
  const artifacts = new Map<string, Buffer>();
  let cycles = 0;

  function point(text: string, content: Content): string {
    const reference = parseReference(text);
    tags.set(nameOf(reference), content.digest);
    contents.set(`${repositoryName(reference)}@${content.digest}`, content);
    return content.digest;
  }

  function throwIfFailing(reference: Reference): void {
    const failure = failures.get(nameOf(reference));
    if (failure !== undefined) throw failure;
  }

  function tagged(name: string): string {
    const digest = tags.get(name);
    if (digest === undefined) throw absent(name);
    return digest;
  }

  function find(reference: Reference, digest: string, platform: Platform): Candidate {
    const name = `${repositoryName(reference)}@${digest}`;
    const content = contents.get(name);
    if (content === undefined) throw absent(name);
    return closest(name, content.images, platform);
  }

  return {
    questions,
    get cycles() {
      return cycles;
    },
    put(text, image = {}) {
      const made = makeImage(text, image);
      return point(text, { digest: made.digest, images: [made] });
    },
    putIndex(text, images, digest) {
      const made = images.map((image) => makeImage(text, image));
      const own = digest ?? digestOf(['index', made.map((image) => image.digest)]);
      return point(text, { digest: own, images: made.map((image) => ({ ...image, digest: own })) });
    },
    putContent: (repository, name, content) => void artifacts.set(`${repository} ${name}`, content),
    remove: (text) => void tags.delete(formatReference(parseReference(text))),
    fail: (text, code, message = `${text} fails as the test wants it.`) =>
      void failures.set(formatReference(parseReference(text)), new AppError(code, message)),
    mend: (text) => void failures.delete(formatReference(parseReference(text))),
    setCredentials: (registry, own) => void credentials.set(registry, own),
    pull(reference, platform) {
      throwIfFailing(reference);
      const failure = failures.get(formatReference(reference));
      if (failure !== undefined) throw failure;
      return find(reference, reference.digest ?? tagged(nameOf(reference)), platform);
    },
    beginCycle() {
      cycles += 1;
      answers.clear();
    },
    async digest(reference) {
      if (reference.tag === null && reference.digest !== null) return reference.digest;
      const name = nameOf(reference);
      const known = answers.get(name);
      if (known !== undefined) return known;
      questions.digest.push(name);
      throwIfFailing(reference);
      const digest = tagged(name);
      answers.set(name, digest);
      return digest;
    },
    async has(reference, digest) {
      throwIfFailing(reference);
      return contents.has(`${repositoryName(reference)}@${digest}`);
    },
    async tags(reference) {
      const repository = repositoryName(reference);
      questions.tags.push(repository);
      throwIfFailing(reference);
      const all = [...tags.keys()].map(parseReference);
      const found = all.filter((one) => repositoryName(one) === repository).flatMap(({ tag }) => tag ?? []);
      if (found.length === 0) throw absent(repository);
      return found.sort();
    },
    async candidate(reference, digest, platform) {
      questions.candidate.push(nameOf(reference));
      throwIfFailing(reference);
      return find(reference, digest, platform);
    },
    async read(reference, wanted) {
      const { id } = contentOf(wanted);
      throwIfFailing(reference);
      return artifacts.get(`${repositoryName(reference)} ${id}`) ?? null;
    },
    pullCredentials: async ({ registry }) => credentials.get(registry),
  };
}

/** Without a digest: a tag's name, or the repository's where there is no tag. */
function nameOf(reference: Reference): string {
  return formatReference({ ...reference, digest: null });
}

function makeImage(reference: string, image: FakeImage): Candidate {
  const { platform = { os: 'linux', architecture: 'amd64', variant: null }, labels = {}, created = null } = image;
  const content = [reference, platform, labels, created, image.config, image.bytes];
  const digest = image.digest ?? digestOf(['manifest', content]);
  return {
    digest,
    manifestDigest: digest,
    configDigest: image.configDigest ?? digestOf(['config', content]),
    platform,
    created,
    labels,
    config: { ...image.config, ...(image.labels && { Labels: labels }) },
    downloadBytes: image.bytes ?? 0,
  };
}

function closest(name: string, images: readonly Candidate[], platform: Platform): Candidate {
  const ranked = images
    .map((image) => ({ image, distance: platformDistance(platform, image.platform) ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => a.distance - b.distance || 0);
  const [best] = ranked;
  if (best !== undefined && best.distance < Number.POSITIVE_INFINITY) return best.image;
  throw new AppError('REGISTRY_PLATFORM_MISSING', `${name} has no image for ${formatPlatform(platform)}.`);
}

function absent(name: string): AppError {
  return new AppError('REGISTRY_NOT_FOUND', `${name} is not in the fake registry.`);
}

function digestOf(content: unknown): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`;
}

import type { RegistryReads } from 'belfry/plugin';
import type { Key } from './keys.ts';

/** What the registry has of signatures for a digest. `why` ends a sentence that begins with the digest. */
export type Finding =
  | { readonly kind: 'signed' }
  | { readonly kind: 'unsigned'; readonly why: string }
  | { readonly kind: 'refuted'; readonly why: string };

interface Subject {
  /** Of the repository. */
  readonly image: string;
  readonly digest: string;
}

const payloadType = 'application/vnd.dev.cosign.simplesigning.v1+json';
const annotation = 'dev.cosignproject.cosign/signature';
const signedType = 'cosign container image signature';
/** Images have a few. */
const mostSignatures = 64;

/**
 * Looks where cosign's specification puts signatures: in layers of the manifest tagged `sha256-….sig`, each of them what
 * was signed. One that any key verifies, and that speaks of this very digest, is enough. Throws what the registry does.
 * https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
 */
export async function find(
  registry: RegistryReads,
  { image, digest }: Subject,
  keys: readonly Key[],
): Promise<Finding> {
  const tag = `${digest.replace(':', '-')}.sig`;
  const manifest = await registry.manifest(image, tag);
  const signatures = manifest === null ? [] : signaturesIn(manifest);
  if (signatures.length === 0)
    return { kind: 'unsigned', why: 'is not signed: its repository has no signature of it by cosign' };
  const others = new Set<string>();
  for (const { payloadDigest, signature } of signatures) {
    const payload = await registry.blob(image, payloadDigest);
    if (payload === null || !keys.some((key) => key.verifies(payload, signature))) continue;
    const signed = signedDigest(payload);
    if (signed === digest) return { kind: 'signed' };
    others.add(signed ?? 'no image');
  }
  if (others.size > 0) return { kind: 'refuted', why: `carries a signature for ${[...others].join(', ')}` };
  const count = signatures.length === 1 ? 'its signature was' : `none of its ${signatures.length} signatures was`;
  return {
    kind: 'refuted',
    why: `${count} ${signatures.length === 1 ? 'not ' : ''}made with a key that is trusted here`,
  };
}

interface Signature {
  readonly payloadDigest: string;
  readonly signature: Buffer;
}

function signaturesIn(manifest: Uint8Array): readonly Signature[] {
  const { layers } = jsonOf(manifest);
  return (Array.isArray(layers) ? layers : []).slice(0, mostSignatures).flatMap((layer: unknown) => {
    const { mediaType, digest, annotations } = recordOf(layer);
    const signature = recordOf(annotations)[annotation];
    if (mediaType !== payloadType || typeof digest !== 'string' || typeof signature !== 'string') return [];
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) return [];
    return [{ payloadDigest: digest, signature: Buffer.from(signature, 'base64') }];
  });
}

/** What a payload says was signed; undefined where it is no signature of an image. */
function signedDigest(payload: Uint8Array): string | undefined {
  const { image, type } = recordOf(jsonOf(payload).critical);
  const digest = recordOf(image)['docker-manifest-digest'];
  return type === signedType && typeof digest === 'string' ? digest.slice(0, 100) : undefined;
}

function jsonOf(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    return {};
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

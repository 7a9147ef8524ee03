import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A public key whose signatures are trusted. */
export interface Key {
  readonly verifies: (payload: Uint8Array, signature: Buffer) => boolean;
}

/** Reads a key given as PEM or as the path of such a file. Throws an error that begins with what was given. */
export function readKey(given: string, folder: string): Key {
  if (stores.some((store) => given.startsWith(store))) {
    const mend = `export its public half with \`cosign public-key --key ${given}\` and give that`;
    throw new Error(`${given}: keys of key services are not supported; ${mend}`);
  }
  const inline = given.includes('-----BEGIN');
  const name = inline ? 'the key given inline' : given;
  const pem = inline ? given : contentOf(resolve(folder, given), name);
  const unfit = otherPem.find(([pattern]) => pattern.test(pem))?.[1];
  if (unfit !== undefined) throw new Error(`${name} ${unfit}`);
  return keyFrom(parse(pem, name), name);
}

/** What cosign takes for --key besides files. */
const stores = [
  ...['awskms://', 'gcpkms://', 'azurekms://', 'hashivault://', 'k8s://', 'gitlab://', 'github://', 'env://'],
  'pkcs11:',
];

const otherPem: readonly (readonly [RegExp, string])[] = [
  [/PRIVATE KEY-----/, 'is a private key: keep it where images are signed, and give the public one (cosign.pub)'],
  [/BEGIN CERTIFICATE-----/, 'is a certificate: keyless signatures are not supported, give a public key (cosign.pub)'],
];

function contentOf(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new Error(`${name}: there is no such file, or it cannot be read`);
  }
}

function parse(pem: string, name: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch {
    throw new Error(`${name} is no public key in PEM, such as cosign.pub`);
  }
}

/** The hash is the one that cosign signs with, whatever the kind of key; Ed25519 has its own. */
function keyFrom(key: KeyObject, name: string): Key {
  const { asymmetricKeyType: kind, asymmetricKeyDetails: details = {} } = key;
  const hash = kind === 'ed25519' ? null : 'sha256';
  const supported =
    kind === 'ed25519' ||
    (kind === 'ec' && details.namedCurve === 'prime256v1') ||
    (kind === 'rsa' && (details.modulusLength ?? 0) >= 2048);
  if (!supported)
    throw new Error(`${name} is of a kind that is not supported: ECDSA P-256, RSA from 2048 bits and Ed25519 are`);
  return {
    verifies(payload, signature) {
      try {
        return verify(hash, payload, key, signature);
      } catch {
        return false; // No signature of this kind of key at all.
      }
    },
  };
}

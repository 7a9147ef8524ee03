import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createTestHost, samplePlan, sampleVersion } from 'belfry/testing';
import signature from '../../plugins/signature/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'belfry-signature-'));
after(() => rmSync(folder, { recursive: true }));

const digestOf = (content: string | Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`;
const digest = digestOf('the new image, or an index of it');
const image = 'registry.example/team/app';
const reference = `${image}:1`;

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const pairs = {
  ecdsa: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ed25519: generateKeyPairSync('ed25519'),
};
const stranger = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const pem = ({ publicKey }: Pick<Pair, 'publicKey'>) => publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** A registry in memory: one repository, by tag or digest. */
const contents = new Map<string, Buffer>();
let asked: string[] = [];
let unreachable: Error | undefined;
const registry = {
  manifest: async (of: string, name: string) => read(`${of} ${name}`),
  blob: async (of: string, name: string) => read(`${of} ${name}`),
};

function read(what: string): Buffer | null {
  asked.push(what);
  if (unreachable !== undefined) throw unreachable;
  return contents.get(what) ?? null;
}

/** As `cosign sign` writes what it signs. */
const payloadFor = (signed: string, type = 'cosign container image signature') =>
  JSON.stringify({
    critical: { identity: { 'docker-reference': image }, image: { 'docker-manifest-digest': signed }, type },
    optional: null,
  });

interface Layer {
  readonly payload: string;
  readonly signature: string;
}

const signed = ({ privateKey }: Pick<Pair, 'privateKey'>, payload = payloadFor(digest)): Layer => {
  const hash = privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return { payload, signature: sign(hash, Buffer.from(payload), privateKey).toString('base64') };
};

/** Stores signatures as cosign does. */
function store(...layers: readonly Layer[]): void {
  for (const { payload } of layers) contents.set(`${reference} ${digestOf(payload)}`, Buffer.from(payload));
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', size: 2, digest: digestOf('{}') },
    layers: layers.map(({ payload, signature: written }) => ({
      mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
      size: payload.length,
      digest: digestOf(payload),
      annotations: { 'dev.cosignproject.cosign/signature': written },
    })),
  };
  contents.set(`${reference} ${digest.replace(':', '-')}.sig`, Buffer.from(JSON.stringify(manifest)));
}

const to = sampleVersion({ reference, digest });

async function verdictOn(layers: readonly Layer[], config: object = { keys: [pem(pairs.ecdsa)] }, more: object = {}) {
  contents.clear();
  asked = [];
  if (layers.length > 0) store(...layers);
  const host = await createTestHost(signature, { config, registry, folder });
  return host.ask('beforeUpdate', samplePlan({ to: { ...to, ...more } }));
}

const vetoed = (reason: string) => ({ verdict: 'veto', reason: `${digest.slice(0, 19)} ${reason}` });
const untrusted = vetoed('its signature was not made with a key that is trusted here');

describe('an image passes that is signed', () => {
  for (const [kind, pair] of Object.entries(pairs)) {
    test(`by a trusted key of the kind ${kind}`, async () => {
      assert.equal(await verdictOn([signed(pair)], { keys: [pem(pair)] }), undefined);
    });
  }

  test('by any of several keys, given inline or as a file beside the configuration', async () => {
    writeFileSync(join(folder, 'cosign.pub'), pem(pairs.rsa));
    const keys = [pem(pairs.ecdsa), './cosign.pub'];
    assert.equal(await verdictOn([signed(pairs.rsa)], { keys }), undefined);
    assert.equal(await verdictOn([signed(pairs.ecdsa)], { keys }), undefined);
  });

  test('twice, of which one signature is by a stranger', async () => {
    assert.equal(await verdictOn([signed(stranger), signed(pairs.ecdsa)]), undefined);
    assert.equal(await verdictOn([signed(pairs.ecdsa), signed(stranger)]), undefined);
  });

  test('for which nothing but what stands under the digest’s own tag is asked', async () => {
    await verdictOn([signed(pairs.ecdsa)]);
    assert.deepEqual(asked, [
      `${reference} ${digest.replace(':', '-')}.sig`,
      `${reference} ${digestOf(payloadFor(digest))}`,
    ]);
  });
});

describe('an image is refused', () => {
  test('that has no signature at all', async () => {
    const reason = 'is not signed: its repository has no signature of it by cosign';
    assert.deepEqual(await verdictOn([]), vetoed(reason));
    const waits = await verdictOn([], { keys: [pem(pairs.ecdsa)], unsigned: 'defer' });
    assert.deepEqual(waits, { ...vetoed(reason), verdict: 'defer' });
  });

  test('that a stranger signed, whatever its own payload says', async () => {
    assert.deepEqual(await verdictOn([signed(stranger)]), untrusted);
    const many = vetoed('none of its 2 signatures was made with a key that is trusted here');
    assert.deepEqual(await verdictOn([signed(stranger), signed(stranger, `${payloadFor(digest)} `)]), many);
  });

  test('whose signature is for another image', async () => {
    const other = digestOf('another image');
    const verdict = await verdictOn([signed(pairs.ecdsa, payloadFor(other))]);
    assert.deepEqual(verdict, vetoed(`carries a signature for ${other}`));
  });

  test('whose signature is of something else, or says nothing', async () => {
    for (const payload of [payloadFor(digest, 'atomic container signature'), '{}', 'null', 'text', '[]']) {
      const verdict = await verdictOn([signed(pairs.ecdsa, payload)]);
      assert.deepEqual(verdict, vetoed('carries a signature for no image'), payload);
    }
  });

  test('whose payload was changed after it was signed', async () => {
    const { signature: written } = signed(pairs.ecdsa, payloadFor(digestOf('another image')));
    assert.deepEqual(await verdictOn([{ payload: payloadFor(digest), signature: written }]), untrusted);
  });

  test('whose signature is garbage for any kind of key', async () => {
    for (const pair of Object.values(pairs)) {
      for (const written of ['', 'AAAA', '!!', 'A'.repeat(10_000)]) {
        const garbage = { payload: payloadFor(digest), signature: written };
        assert.deepEqual(await verdictOn([garbage], { keys: [pem(pair)] }), untrusted);
      }
    }
  });

  test('whose signatures are layers of other kinds, or name blobs by no digest', async () => {
    await verdictOn([signed(pairs.ecdsa)]);
    const key = `${reference} ${digest.replace(':', '-')}.sig`;
    const manifest = JSON.parse(contents.get(key)?.toString() ?? '');
    const host = await createTestHost(signature, { config: { keys: [pem(pairs.ecdsa)] }, registry });
    for (const change of [
      { mediaType: 'text/plain' },
      { digest: '../x' },
      { annotations: null },
      { annotations: [] },
    ]) {
      contents.set(
        key,
        Buffer.from(JSON.stringify({ ...manifest, layers: [null, { ...manifest.layers[0], ...change }] })),
      );
      assert.equal((await host.ask('beforeUpdate', samplePlan({ to })))?.verdict, 'veto', JSON.stringify(change));
    }
    for (const content of ['{"layers":{}}', '[]', 'null']) {
      contents.set(key, Buffer.from(content));
      assert.equal((await host.ask('beforeUpdate', samplePlan({ to })))?.verdict, 'veto', content);
    }
  });

  test('that has no digest, or none by SHA-256', async () => {
    const none = await verdictOn([], undefined, { digest: null });
    assert.match(none?.verdict === 'veto' ? none.reason : '', /has no digest/);
    const long = await verdictOn([], undefined, { digest: `sha512:${'a'.repeat(128)}` });
    assert.match(long?.verdict === 'veto' ? long.reason : '', /is not by SHA-256/);
    assert.deepEqual(asked, []);
  });
});

describe('a registry that cannot be asked', () => {
  const failing = async (code: string, config: object = {}) => {
    unreachable = Object.assign(new Error('registry.example does not answer.'), { code });
    try {
      return await verdictOn([], { keys: [pem(pairs.ecdsa)], ...config });
    } finally {
      unreachable = undefined;
    }
  };

  test('lets the update wait, or refuses it where that is configured', async () => {
    const reason = `nobody can say whether ${digest.slice(0, 19)} is signed: registry.example does not answer.`;
    assert.deepEqual(await failing('REGISTRY_UNREACHABLE'), { verdict: 'defer', reason });
    assert.deepEqual(await failing('REGISTRY_ANSWER_INVALID', { unreachable: 'veto' }), { verdict: 'veto', reason });
    assert.deepEqual(await failing('CREDENTIALS_INVALID'), { verdict: 'defer', reason });
  });

  test('is no excuse for what went wrong elsewhere', async () => {
    await assert.rejects(failing('UNEXPECTED'), /does not answer/);
  });
});

describe('rules', () => {
  const key = pem(pairs.ecdsa);
  const passes = async (config: object, name: string) =>
    (await verdictOn([], config, { reference: name })) === undefined;

  test('exempt images, and hold those that they name to their own keys', async () => {
    const config = { keys: [key], rules: [{ images: ['registry\\.example/free/.*'], require: false }] };
    assert.equal(await passes(config, 'registry.example/free/app:1'), true);
    assert.equal(await passes(config, 'registry.example/other:1'), false);
    const own = { keys: [key], rules: [{ images: [image], keys: [pem(pairs.rsa)] }] };
    assert.equal(await verdictOn([signed(pairs.rsa)], own), undefined);
    assert.deepEqual(await verdictOn([signed(pairs.ecdsa)], own), untrusted);
  });

  test('leave other images alone where there are no keys for all', async () => {
    const config = { rules: [{ images: ['ghcr\\.io/acme/.*'], keys: [key] }] };
    assert.equal(await passes(config, 'ghcr.io/acme/app:1'), false);
    assert.equal(await passes(config, 'ghcr.io/other/app:1'), true);
  });

  test('count from the first that fits', async () => {
    const config = {
      keys: [key],
      rules: [
        { images: ['team/app:edge'], require: false },
        { images: ['team/.*'] },
        { images: ['.*'], require: false },
      ],
    };
    assert.equal(await passes(config, 'team/app:edge'), true);
    assert.equal(await passes(config, 'team/app:1'), false);
    assert.equal(await passes(config, 'web:1'), true);
  });

  test('fit an image however it is spelled', async () => {
    for (const pattern of ['nginx', 'docker\\.io/library/nginx', 'nginx:1']) {
      const config = { rules: [{ images: [pattern], keys: [key] }] };
      for (const name of ['nginx:1', 'library/nginx:1', 'docker.io/nginx:1', 'index.docker.io/library/nginx:1'])
        assert.equal(await passes(config, name), false, `${pattern} ${name}`);
      assert.equal(await passes(config, 'other/nginx:1'), true);
    }
    const config = { rules: [{ images: ['ghcr\\.io/acme/app', 'lan:5000/app'], keys: [key] }] };
    for (const name of ['GHCR.io/acme/app:1', 'ghcr.io/acme/app@sha256:x', 'lan:5000/app:2', 'lan:5000/app'])
      assert.equal(await passes(config, name), false, name);
  });
});

describe('the configuration', () => {
  const refused = (config: object, message: RegExp) =>
    assert.rejects(createTestHost(signature, { config, registry, folder }), message);
  const keysRefused = (key: string, message: RegExp) => refused({ keys: [key] }, message);

  test('says clearly what it does not support', async () => {
    await keysRefused(
      'awskms:///alias/cosign',
      /keys of key services are not supported; export its public half with `cosign public-key/,
    );
    await keysRefused('k8s://ns/cosign', /export its public half/);
    for (const wish of [{ keyless: true }, { certificateIdentity: 'me@example.org' }, { certificateOidcIssuer: 'x' }]) {
      await refused({ keys: [pem(stranger)], ...wish }, /keyless signatures are not supported/);
      await refused({ rules: [{ images: ['x'], ...wish }] }, /keyless signatures are not supported/);
    }
    const certificate = '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----';
    await keysRefused(certificate, /the key given inline is a certificate: keyless signatures are not supported/);
  });

  test('takes public keys of the kinds that it can verify', async () => {
    const private_ = stranger.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await keysRefused(private_, /is a private key: keep it/);
    await keysRefused('-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nx', /is a private key/);
    await keysRefused('./absent.pub', /\.\/absent\.pub: there is no such file/);
    writeFileSync(join(folder, 'text.pub'), 'text');
    await keysRefused('./text.pub', /\.\/text\.pub is no public key in PEM/);
    const kinds = [
      generateKeyPairSync('ec', { namedCurve: 'secp384r1' }),
      generateKeyPairSync('rsa', { modulusLength: 1024 }),
      generateKeyPairSync('x25519'),
    ];
    for (const pair of kinds) await keysRefused(pem(pair), /is of a kind that is not supported/);
  });

  test('names all keys that are wrong at once', async () => {
    await refused({ keys: ['./a.pub'], rules: [{ images: ['x'], keys: ['./b.pub'] }] }, /a\.pub: .*; \.\/b\.pub: /);
  });

  test('must hold some image to some key', async () => {
    await refused({}, /it needs `keys`, or `rules` that have some/);
    await refused({ rules: [{ images: ['x'], require: false }] }, /it needs `keys`/);
    await refused({ rules: [{ images: ['x'] }] }, /rules\.0\.keys: they must be signed, but there are neither/);
    await refused({ keys: [pem(stranger)], rules: [{ images: ['('] }] }, /the pattern \( is not a regular expression/);
  });
});

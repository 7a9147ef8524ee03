import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistry } from '../../core/registry/client.ts';
import { parseReference, repositoryName } from '../../core/registry/reference.ts';
import { createFakeRegistry } from '../kit/fake-registry.ts';
import { makeCertificate } from './certificate.ts';
import { registryConformance, type Subject } from './conformance.ts';
import { type DockerRegistry, startDockerRegistry } from './docker-registry.ts';
import { createPusher, digestOf, type Pusher } from './push.ts';
import { account, startTokenServer } from './token-server.ts';

// bcrypt of the account's password: Debian has no htpasswd without Apache.
const htpasswd = '$2y$05$abcdefghijklmnopqrstuu34chBxBG/k9ApCErH1wl/WrV4FVTS/q';
const service = 'belfry-test';

registryConformance('the fake registry', async () => {
  const registry = createFakeRegistry();
  return {
    registry,
    host: 'registry.example',
    credentials: undefined,
    put: async (reference, recipe) => registry.put(reference, recipe),
    putIndex: async (reference, recipes) => registry.putIndex(reference, recipes),
    putContent: async (text, { manifest, blob }) => {
      const reference = parseReference(text);
      for (const name of [reference.tag ?? '', digestOf(manifest)])
        registry.putContent(repositoryName(reference), name, Buffer.from(manifest));
      registry.putContent(repositoryName(reference), digestOf(blob), Buffer.from(blob));
    },
    close: async () => {},
  };
});

for (const format of ['oci', 'docker'] as const) {
  registryConformance(`a docker-registry with ${format} manifests`, async () => {
    const server = await startDockerRegistry();
    return subject({ server, pusher: createPusher(server.host, { format }), withAccount: false });
  });
}

registryConformance('a docker-registry behind htpasswd', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'belfry-htpasswd-'));
  const path = join(folder, 'htpasswd');
  writeFileSync(path, `${account.username}:${htpasswd}\n`);
  const server = await startDockerRegistry({ htpasswd: { realm: service, path } });
  const basic = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;
  const pusher = createPusher(server.host, { authorize: async () => basic });
  return subject({ server, pusher, withAccount: true, close: () => rmSync(folder, { recursive: true }) });
});

registryConformance('a docker-registry behind a token server', async () => {
  const certificate = makeCertificate({ rsa: true });
  const tokens = await startTokenServer(certificate, service);
  const realm = `http://${tokens.host}/token`;
  const server = await startDockerRegistry({
    token: { realm, service, issuer: service, rootcertbundle: certificate.path },
  });
  const pusher = createPusher(server.host, { authorize: tokens.authorize });
  const close = () => {
    certificate.remove();
    return tokens.close();
  };
  return subject({ server, pusher, withAccount: true, close });
});

interface Parts {
  readonly server: DockerRegistry;
  readonly pusher: Pusher;
  readonly withAccount: boolean;
  readonly close?: () => void | Promise<void>;
}

function subject({ server, pusher, withAccount, close }: Parts): Subject {
  const registries = withAccount ? { [server.host]: account } : {};
  const env = { DOCKER_CONFIG: '/nonexistent', HOME: '/nonexistent' };
  return {
    registry: createRegistry({ registries, registryTlsSkip: false, env }),
    host: server.host,
    credentials: withAccount ? { ...account, serveraddress: server.host } : undefined,
    put: async (text, recipe) => {
      const { repository, tag } = parseReference(text);
      return (await pusher.image(repository, tag, recipe)).digest;
    },
    putIndex: (text, recipes) => {
      const { repository, tag } = parseReference(text);
      return pusher.index(repository, tag, recipes);
    },
    putContent: (text, content) => {
      const { repository, tag } = parseReference(text);
      return pusher.content(repository, tag ?? '', content);
    },
    close: async () => {
      await server.stop();
      await close?.();
    },
  };
}

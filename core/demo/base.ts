import { readFile } from 'node:fs/promises';
import type { Platform } from '../registry/port.ts';
import { withImage } from './borrowed-image.ts';
import { readProgram } from './elf.ts';
import { engineApi } from './engine-api.ts';
import { type Layer, packLayer } from './layer.ts';
import { findProgram } from './programs.ts';
import { unpackFirst } from './tar.ts';

/** A whole small root file system, and the platform it runs on. */
export interface Base {
  readonly layer: Layer;
  readonly platform: Platform;
}

const applets = [
  ...['sh', 'ash', 'cat', 'echo', 'env', 'false', 'grep', 'hostname', 'httpd', 'id', 'ip', 'kill', 'ls', 'mkdir', 'nc'],
  ...['nslookup', 'ps', 'pwd', 'rm', 'sleep', 'stat', 'tail', 'test', 'touch', 'true', 'wget'],
];

const architectures: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

/** A base of busybox for the engine's own platform: this machine's static one, else that of the official image. */
export async function busyboxBase(engineHost: string): Promise<Base> {
  const info = await engineApi(engineHost).call<{ readonly Architecture: string }>('GET', '/info');
  const architecture = architectures[info.Architecture] ?? info.Architecture;
  const busybox = (await localBusybox(architecture)) ?? (await officialBusybox(engineHost));
  return { layer: busyboxLayer(busybox), platform: { os: 'linux', architecture, variant: null } };
}

async function localBusybox(architecture: string): Promise<Buffer | undefined> {
  const path = findProgram('busybox');
  if (path === undefined) return undefined;
  const file = await readFile(path);
  const program = readProgram(file);
  return program?.static && program.architecture === architecture ? file : undefined;
}

/** Takes the program out of a container that is never started. */
export async function officialBusybox(engineHost: string, image = 'busybox:musl'): Promise<Buffer> {
  const api = engineApi(engineHost);
  return withImage(api, image, async () => {
    const { Id } = await api.call<{ readonly Id: string }>('POST', '/containers/create', { Image: image, Cmd: ['sh'] });
    const archive = await api.ask('GET', `/containers/${Id}/archive?path=/bin/busybox`);
    await api.ask('DELETE', `/containers/${Id}?v=1`);
    return unpackFirst(archive.body);
  });
}

function busyboxLayer(busybox: Buffer): Layer {
  return packLayer({
    '/bin/busybox': { content: busybox, mode: 0o755 },
    ...Object.fromEntries(applets.map((applet) => [`/bin/${applet}`, { link: 'busybox' }])),
    '/etc/passwd': 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
    '/etc/group': 'root:x:0:\nnogroup:x:65534:\n',
    '/tmp': { folder: true, mode: 0o1777 },
  });
}

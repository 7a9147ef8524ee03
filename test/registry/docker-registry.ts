import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface DockerRegistry {
  /** Its address and port. */
  readonly host: string;
  stop(): Promise<void>;
}

/** Starts Debian's docker-registry on a port of its own; `auth` is that section of its configuration. */
export async function startDockerRegistry(auth?: object): Promise<DockerRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'belfry-registry-'));
  const path = join(folder, 'config.yml');
  const configuration = {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'storage') }, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0', secret: 'test' },
    ...(auth && { auth }),
  };
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(configuration));
  const child = spawn('docker-registry', ['serve', path], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve())).then(() =>
    rmSync(folder, { recursive: true }),
  );
  const host = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.once('error', () => reject(new Error('This test needs a registry: apt-get install docker-registry')));
    child.once('close', () => reject(new Error(`docker-registry ended: ${output.slice(-1000)}`)));
    child.stderr.on('data', (chunk) => {
      output += chunk;
      const [, address] = /listening on (127\.0\.0\.1:\d+)/.exec(output) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
  const stop = () => {
    child.kill();
    return ended;
  };
  return { host, stop };
}

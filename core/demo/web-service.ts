import type { ImageSpec } from './image.ts';

interface WebServiceOptions {
  readonly healthcheck?: boolean;
  /** It `exits` a second after its start, or serves while its health check fails. */
  readonly fault?: 'exits' | 'unhealthy';
}

const millisecond = 1_000_000;

/** A small web service that answers `web VERSION` on port 80 and stops at once when asked to. */
export function webService(version: string, { healthcheck = false, fault }: WebServiceOptions = {}): ImageSpec {
  // The shell is process 1, which a signal ends only where a trap is set for it.
  const serve = `trap 'exit 0' TERM; echo "web ${version} listens on port 80"; httpd -f -p 80 -h /www & wait`;
  const fail = `echo "web ${version}: cannot read its configuration" >&2; sleep 1; exit 1`;
  const health = {
    Test: ['CMD', 'wget', '-q', '-O', '-', 'http://127.0.0.1/health'],
    ...{ Interval: 500 * millisecond, Timeout: 1_000 * millisecond, Retries: 2 },
  };
  return {
    layers: [{ '/www/index.html': `web ${version}\n`, ...(fault === 'unhealthy' ? {} : { '/www/health': 'ok\n' }) }],
    config: {
      Cmd: ['sh', '-c', fault === 'exits' ? fail : serve],
      Env: ['PATH=/bin'],
      ExposedPorts: { '80/tcp': {} },
      Labels: { 'org.opencontainers.image.version': version },
      ...(healthcheck || fault === 'unhealthy' ? { Healthcheck: health } : {}),
    },
  };
}

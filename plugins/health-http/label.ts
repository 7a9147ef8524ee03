import type { Endpoint } from './get.ts';

/** `:8080/healthz`, `8080`, `/healthz`, `https://:8443/healthz`: whatever it says, it names no other host. */
export function readEndpoint(text: string): Endpoint | undefined {
  const [, scheme = 'http', port, path] = /^(?:(https?):\/\/)?(?::?(\d{1,5}))?(\/[\x21-\x7e]*)?$/.exec(text) ?? [];
  if (port === undefined && path === undefined) return undefined;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return undefined;
  return {
    scheme: scheme === 'https' ? 'https' : 'http',
    port: port === undefined ? undefined : Number(port),
    path: path ?? '/',
    status: ['2xx', '3xx'],
    headers: {},
  };
}

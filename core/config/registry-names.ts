import { AppError } from '../errors/app-error.ts';
import { registryKey } from '../registry/reference.ts';

/** What is wrong with the names of registries: a path, which nothing heeds; no host at all; one registry twice. */
export function registryNameProblems(names: readonly string[], origin: string): readonly AppError[] {
  const seen = new Map<string, string>();
  return names.flatMap((name) => {
    const key = registryKey(name);
    const earlier = seen.get(key);
    seen.set(key, name);
    const place = `${origin}: registries.${name}`;
    if (!host.test(key))
      return new AppError('CONFIG_INVALID', `${place}: expected a host such as reg.example.org:5000.`);
    const [, path = ''] = withPath.exec(name) ?? [];
    if (!dockers.has(path)) {
      const why = 'what is said here holds for a whole registry';
      return new AppError('CONFIG_INVALID', `${place}: expected ${key} alone, without ${path}: ${why}.`);
    }
    if (earlier === undefined) return [];
    return new AppError('CONFIG_CONFLICT', `${place} and registries.${earlier} are one registry, ${key}.`);
  });
}

const host = /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;
const withPath = /^(?:[a-z]+:\/\/)?[^/]*(\/.*)$/i;
/** As `docker login` writes them. */
const dockers = new Set(['', '/', '/v1', '/v1/', '/v2', '/v2/']);

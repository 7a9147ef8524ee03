import { type Defer, defer, definePlugin, matchesName, type Veto, veto } from 'belfry/plugin';
import { type Config, config } from './config.ts';
import { find } from './cosign.ts';
import { type Key, readKey } from './keys.ts';
import { namesOf } from './names.ts';

export default definePlugin({
  name: 'signature',
  apiVersion: 1,
  summary: 'Lets only images pass that are signed by cosign with a key that is trusted here.',
  config,
  requires: ['registry'],
  setup: ({ config: given, folder, registry }) => {
    const keysFor = readKeys(given, folder);
    return {
      async beforeUpdate({ to: { reference, digest } }) {
        const keys = keysFor(reference);
        if (keys === undefined) return undefined;
        if (digest === null) return veto('it must be signed, and has no digest: it was built or loaded on the engine');
        if (!/^sha256:[0-9a-f]{64}$/.test(digest)) return veto(`it must be signed, and ${digest} is not by SHA-256`);
        const short = digest.slice(0, 'sha256:'.length + 12);
        try {
          const found = await find(registry, { image: reference, digest }, keys);
          if (found.kind === 'signed') return undefined;
          return found.kind === 'refuted'
            ? veto(`${short} ${found.why}`)
            : answers[given.unsigned](`${short} ${found.why}`);
        } catch (error) {
          const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
          if (!/^(REGISTRY|CREDENTIALS)_/.test(String(code))) throw error;
          return answers[given.unreachable](`nobody can say whether ${short} is signed: ${message}`);
        }
      },
    };
  },
});

const answers: Readonly<Record<Config['unsigned'], (reason: string) => Veto | Defer>> = {
  veto,
  defer: (reason) => defer(reason),
};

/** The keys that an image is held to; undefined where it need not be signed. */
function readKeys({ keys, rules }: Config, folder: string): (image: string) => readonly Key[] | undefined {
  const problems: string[] = [];
  const read = (given: readonly string[] = []) =>
    given.flatMap((one) => {
      try {
        return [readKey(one, folder)];
      } catch (error) {
        problems.push((error as Error).message);
        return [];
      }
    });
  const standard = keys === undefined ? undefined : read(keys);
  const own = rules.map((rule) => ({ ...rule, keys: rule.keys === undefined ? standard : read(rule.keys) }));
  if (problems.length > 0) throw new Error([...new Set(problems)].join('; '));
  return (image) => {
    const names = namesOf(image);
    const rule = own.find(({ images }) => images.some((pattern) => names.some((name) => matchesName(pattern, name))));
    if (rule === undefined) return standard;
    return rule.require ? rule.keys : undefined;
  };
}

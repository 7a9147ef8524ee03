import { exchange } from '../../core/demo/exchange.ts';
import type { ImageSpec, PushedImage } from '../../core/demo/image.ts';
import { packLayer } from '../../core/demo/layer.ts';
import { destinationOf } from '../../core/demo/push.ts';
import type { Stage } from '../../core/demo/stage.ts';
import type { ImageDefaults } from '../../core/engine/port.ts';

// The shell is process 1, which a signal ends only where a trap is set for it.
export const idle = "trap 'exit 0' TERM INT; sleep 3600 & wait";

const shell = (script: string): ImageDefaults => ({ Cmd: ['sh', '-c', script] });
const milliseconds = 1e6;
const check = (script: string, startPeriod = 0): ImageDefaults => ({
  Healthcheck: {
    ...{ Test: ['CMD-SHELL', script], Interval: 300 * milliseconds, Retries: 2 },
    StartPeriod: startPeriod * 1000 * milliseconds,
  },
});

/** What an image does when it is run: each is part of an image's configuration. */
export const programs = {
  /** Nothing, and it stops at once when asked to. */
  idles: shell(idle),
  /** The engine cannot start it. */
  missing: { Entrypoint: ['/missing'] } satisfies ImageDefaults,
  /** Says `no database` and exits with code 3 after so many seconds. */
  exits: (seconds = 0) => shell(`echo "no database"; sleep ${seconds}; exit 3`),
  /** Runs, and its health check says `sick` from the beginning. */
  neverHealthy: { ...shell(idle), ...check('echo sick; exit 1') },
  /** Its health check fails for so many seconds, within a start period that allows for it. */
  healthyAfter: (seconds: number) => ({
    ...shell(`trap 'exit 0' TERM; sleep ${seconds}; touch /tmp/ready; sleep 3600 & wait`),
    ...check('[ -f /tmp/ready ]', seconds + 5),
  }),
} as const;

/** The forms in which a version can lie in a registry. */
export type Shape = 'image' | 'index' | 'attested index' | 'Docker list' | 'nested index' | 'without a layer';

/** Resolves with the digest that the tag names afterwards. */
type Publish = (stage: Stage, image: string, spec: ImageSpec) => Promise<string>;

const foreign = { os: 'linux', architecture: 's390x', variant: null };

const shapes: Readonly<Record<Shape, Publish>> = {
  image: async (stage, image, spec) => (await stage.push(image, spec)).digest,
  index: async (stage, image, spec) =>
    (await stage.pushIndex(image, { images: await both(stage, image, spec) })).digest,
  'attested index': async (stage, image, spec) =>
    (await stage.pushIndex(image, { images: await both(stage, image, spec), attestations: true })).digest,
  'Docker list': async (stage, image, spec) =>
    (await stage.pushIndex(image, { images: await both(stage, image, spec), docker: true })).digest,
  'nested index': async (stage, image, spec) => {
    const [repository = ''] = image.split(':');
    const inner = await stage.pushIndex(repository, { images: await both(stage, image, spec), attestations: true });
    return (await stage.pushIndex(image, { images: [inner] })).digest;
  },
  'without a layer': async (stage, image, spec) => {
    const lost = { '/lost': `${image} of ${stage.prefix}` };
    const { digest } = await stage.push(image, { ...spec, layers: [...(spec.layers ?? []), lost] });
    const { address, repository } = destinationOf(stage.registry, `${stage.prefix}/${image}`);
    await exchange(address, { method: 'DELETE', path: `/v2/${repository}/blobs/${packLayer(lost).digest}` });
    return digest;
  },
};

/** Pushes an image in a shape under its tag; it is this stage's alone. Resolves with the digest that the tag names. */
export function publish(stage: Stage, image: string, spec: ImageSpec & { readonly shape?: Shape }): Promise<string> {
  const { shape = 'image', ...rest } = spec;
  // The same image under a name of another test's would not be alone on the engine.
  const Labels = { ...rest.config?.Labels, 'org.example.test': stage.prefix };
  return shapes[shape](stage, image, { ...rest, config: { ...rest.config, Labels } });
}

/** The image for the engine's platform and for another one, by their digests alone. */
async function both(stage: Stage, image: string, spec: ImageSpec): Promise<readonly PushedImage[]> {
  const [repository = ''] = image.split(':');
  const other = await stage.push(repository, { ...spec, platform: foreign });
  return [other, await stage.push(repository, spec)];
}

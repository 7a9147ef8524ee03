import { enginePlatform } from '../../../core/engine/platform.ts';
import type { CreateSpec, HostConfig } from '../../../core/engine/port.ts';
import { hasCode } from '../../../core/errors/app-error.ts';
import { parseReference, repositoryName } from '../../../core/registry/reference.ts';
import type { FakeRegistry } from '../fake-registry.ts';
import type { Behaviour } from './behaviour.ts';
import { createContainer } from './create.ts';
import type { StoredFile } from './files.ts';
import { findImage, tagImage } from './images.ts';
import { crash, settle, start } from './life.ts';
import { addNetwork, connect } from './networks.ts';
import { pullImage } from './pull.ts';
import { type EngineState, findContainer } from './state.ts';

/** A container to have, without the calls that make it. */
export interface Arranged {
  /** Loaded where the engine does not have it. */
  readonly image: string;
  readonly config?: Partial<CreateSpec['config']>;
  readonly hostConfig?: HostConfig;
  readonly networks?: CreateSpec['networks'];
}

/** What others do on an engine. */
export interface Arrange {
  /** The names of all containers, sorted. */
  names(): readonly string[];
  volumes(): readonly string[];
  /** Puts on the engine what the reference's tag means now, as `docker pull` does. */
  load(reference: string): void;
  /** Makes a container without starting it; its id. */
  put(name: string, arranged: Arranged): string;
  /** Makes and starts a container; its id. */
  run(name: string, arranged: Arranged): string;
  /** With a subnet such as `10.7.0.0/24` it takes static addresses. */
  addNetwork(name: string, subnet?: string): void;
  pause(container: string): void;
  /** Puts a file into its own layer; changed now, with mode 0444, unless given. */
  write(container: string, path: string, file: Pick<StoredFile, 'content'> & Partial<StoredFile>): void;
  /** Its process ends with the code. */
  crash(container: string, exitCode: number): void;
  /**
   * Containers of the image behave so from now on; what a start decides, from their next one. The engine's own image
   * comes before the registry's of the same reference, so name a newer one with its digest.
   */
  behave(image: string, behaviour: Behaviour): void;
}

export function arrange(state: EngineState, registry: FakeRegistry): Arrange {
  const find = (container: string) => findContainer(state, container);

  const load = (text: string) => {
    const reference = parseReference(text);
    const image = pullImage(state, registry, reference);
    if (reference.tag !== null) tagImage(state, image, repositoryName(reference), reference.tag);
  };
  const imageId = (image: string) =>
    hasImage(state, image)
      ? findImage(state, image).id
      : registry.pull(parseReference(image), enginePlatform(state.info)).configDigest;
  const put = (name: string, { image, config = {}, hostConfig = {}, networks = [] }: Arranged): string => {
    if (!hasImage(state, image)) load(image);
    const container = createContainer(state, name, { config: { ...config, Image: image }, hostConfig, networks });
    for (const network of networks.slice(1)) connect(state, container, network.name, network.endpoint);
    return container.id;
  };

  return {
    names: () => [...state.containers.values()].map(({ name }) => name).sort(),
    volumes: () => [...state.volumes],
    load,
    put,
    run: (name, arranged) => {
      const id = put(name, arranged);
      start(state, find(id));
      settle(state);
      return id;
    },
    addNetwork: (name, subnet) => void addNetwork(state, name, subnet),
    pause: (container) => {
      find(container).status = 'paused';
    },
    write: (container, path, file) =>
      void find(container).files.set(path, { mode: 0o444, modified: state.clock.now(), ...file }),
    crash: (container, exitCode) => crash(state, find(container), exitCode),
    behave: (image, behaviour) => void state.behaviours.set(imageId(image), behaviour),
  };
}

function hasImage(state: EngineState, image: string): boolean {
  try {
    findImage(state, image);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENGINE_NOT_FOUND')) return false;
    throw error;
  }
}

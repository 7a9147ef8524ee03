import { existing } from '../cycle/candidate.ts';
import { nameOf } from '../cycle/groups/edges.ts';
import { helperSuffix, suffixes } from '../cycle/replacement/names.ts';
import { absent } from '../cycle/replacement/put-back.ts';
import type { ContainerDetails, Engine } from '../engine/port.ts';
import { AppError, hasCode } from '../errors/app-error.ts';
import { sameRepository } from '../registry/reference.ts';
import { helperSpec } from './helper-spec.ts';
import { helperImageLabel, isHelper, type OwnContainer } from './own-container.ts';

/** The helper of a container, at work or done; null where there is none. A stranger by its name is none. */
export async function findHelper(engine: Engine, { name }: OwnContainer): Promise<ContainerDetails | null> {
  const found = await existing(engine.inspect(name + helperSuffix));
  return found !== null && isHelper(found) ? found : null;
}

/** One that the engine starts again counts as at work; one that was never started does not. */
export function isAtWork({ State }: ContainerDetails): boolean {
  return State.Running || State.Restarting;
}

/** Whether a helper has ended that was to bring this image. */
export function hasTried({ Config, State }: ContainerDetails, imageId: string): boolean {
  return State.Status === 'exited' && Config.Labels?.[helperImageLabel] === imageId;
}

/**
 * Makes a helper and starts it; one that has ended makes room. `imageId` is the image it is to bring, or empty where
 * it only puts things in order. Throws NAME_TAKEN where a stranger bears its name.
 */
export async function startHelper(engine: Engine, own: OwnContainer, imageId: string): Promise<void> {
  const name = own.name + helperSuffix;
  const before = await findHelper(engine, own);
  if (before !== null) await removeHelper(engine, before);
  const image = await existing(engine.inspectImage(own.details.Image));
  try {
    const id = await engine.create(
      name,
      helperSpec(own.details, image?.Config ?? null, { imageId, engine: await engine.info() }),
    );
    await engine.start(id);
  } catch (error) {
    if (!hasCode(error, 'ENGINE_CONFLICT')) throw error;
    throw new AppError('NAME_TAKEN', `${name} cannot be created: ${error.message}`, { cause: error });
  }
}

/** All its volumes are those of the container it helped. */
export async function removeHelper(engine: Engine, { Id }: ContainerDetails): Promise<void> {
  await absent(engine.remove(Id, { volumes: false }));
}

/** Whether an interrupted replacement of our own container is to be put in order, which only a helper can do. */
export async function isLeftHalfDone(engine: Engine, { name, details }: OwnContainer): Promise<boolean> {
  if (nameOf(details) !== name) return true;
  const beside = [suffixes.new, suffixes.old].map((suffix) => existing(engine.inspect(name + suffix)));
  // Someone else's is told by its image, as recovery does.
  return (await Promise.all(beside)).some(
    (other) => other !== null && sameRepository(other.Config.Image, details.Config.Image),
  );
}

/** Whether the container runs under its name, and nothing is parked beside it. */
export async function isInOrder(engine: Engine, name: string): Promise<boolean> {
  const [main, ...beside] = await Promise.all(
    ['', suffixes.new, suffixes.old].map((suffix) => existing(engine.inspect(name + suffix))),
  );
  return main?.State.Running === true && beside.every((other) => other === null);
}

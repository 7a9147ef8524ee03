import type { ContainerConfig, ContainerState, CreateSpec, HostConfig } from '../../core/engine/port.ts';
import { hasCode } from '../../core/errors/app-error.ts';
import type { Code } from '../../core/errors/catalogue.ts';
import { type Program, programs } from './programs.ts';
import type { World } from './world.ts';

export type ProgramName = keyof typeof programs;

/** What a test says of a container beside its program. */
export interface Wanted {
  readonly config?: Partial<ContainerConfig>;
  readonly hostConfig?: HostConfig;
  readonly networks?: CreateSpec['networks'];
}

/** Short words for what every case of the suite does. */
export interface Stage {
  readonly world: World;
  /** Has the engine pull and tag the program's image; its reference, with a tag. */
  image(program: ProgramName): Promise<string>;
  /** The engine's id of that image. */
  imageId(program: ProgramName): Promise<string>;
  create(short: string, program: ProgramName, wanted?: Wanted): Promise<string>;
  run(short: string, program: ProgramName, wanted?: Wanted): Promise<string>;
  state(container: string): Promise<ContainerState>;
  /** Asks until the state is as wanted; rejects with the name of it where it never is. */
  reaches(container: string, what: string, wanted: (state: ContainerState, restarts: number) => boolean): Promise<void>;
  /** Resolves once the process has said `up`, so that its traps are set. */
  isUp(container: string): Promise<void>;
}

export function createStage(world: World): Stage {
  const { engine } = world;
  const ready = new Map<ProgramName, Promise<string>>();

  async function load(program: ProgramName): Promise<string> {
    const repository = world.repository(program.toLowerCase());
    const given: Program = programs[program];
    const digest = await world.push(`${program.toLowerCase()}:1`, given);
    await engine.pull(`${repository}@${digest}`, {});
    await engine.tag(`${repository}@${digest}`, repository, '1');
    return `${repository}:1`;
  }
  const image = (program: ProgramName): Promise<string> => {
    const loading = ready.get(program) ?? load(program);
    ready.set(program, loading);
    return loading;
  };

  async function create(short: string, program: ProgramName, wanted: Wanted = {}): Promise<string> {
    const { config = {}, hostConfig = {}, networks = [] } = wanted;
    const Labels = { ...config.Labels, ...world.labels };
    const spec = { config: { ...config, Image: await image(program), Labels }, hostConfig, networks };
    return engine.create(world.name(short), spec);
  }

  async function eventually(what: string, ask: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      if (await ask()) return;
      await world.pass(25);
    }
    throw new Error(`never came about: ${what}`);
  }

  return {
    world,
    image,
    imageId: async (program) => (await engine.inspectImage(await image(program))).Id,
    create,
    run: async (short, program, wanted) => {
      const id = await create(short, program, wanted);
      await engine.start(id);
      return id;
    },
    state: async (container) => (await engine.inspect(container)).State,
    reaches: (container, what, wanted) =>
      eventually(what, async () => {
        const { State, RestartCount } = await engine.inspect(container);
        return wanted(State, RestartCount);
      }),
    isUp: (container) =>
      eventually('it says that it is up', async () => (await engine.logs(container, 5)).includes('up')),
  };
}

/** For `assert.rejects`: the error has one of these codes. */
export function withCode(...codes: readonly Code[]): (error: unknown) => boolean {
  return (error) => {
    if (hasCode(error, ...codes)) return true;
    throw error;
  };
}

import { after, before, describe } from 'node:test';
import { containerCases } from './cases/containers.ts';
import { creationCases } from './cases/creation.ts';
import { execCases } from './cases/exec.ts';
import { imageCases } from './cases/images.ts';
import { layerCases } from './cases/layer.ts';
import { lifeCases } from './cases/life.ts';
import { pullCases } from './cases/pulls.ts';
import { removalCases } from './cases/removal.ts';
import { startCases } from './cases/starting.ts';
import { stopCases } from './cases/stopping.ts';
import { createStage, type Stage } from './stage.ts';
import type { World } from './world.ts';

const groups = [
  layerCases,
  containerCases,
  creationCases,
  startCases,
  stopCases,
  lifeCases,
  execCases,
  removalCases,
  imageCases,
  pullCases,
];

/** What every engine must do, the fake as well as a real one. */
export function describeEngine(name: string, open: () => Promise<World>): void {
  describe(name, () => {
    let stage: Stage;
    let world: World;
    before(async () => {
      world = await open();
      stage = createStage(world);
    });
    after(() => world?.close());
    for (const cases of groups) cases(() => stage);
  });
}

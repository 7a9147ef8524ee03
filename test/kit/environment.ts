import { type Ground, openGround, openStage, type Stage } from '../../core/demo/stage.ts';

export type Environment = Stage;

/** Uses the engine and registry that the test run has opened, else opens its own. */
export async function openEnvironment(): Promise<Environment> {
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  return openStage(sharedGround() ?? (await openGround(log)), 'belfry-test');
}

function sharedGround(): Ground | undefined {
  const { BELFRY_TEST_ENGINE, BELFRY_TEST_REGISTRY } = process.env;
  if (!BELFRY_TEST_ENGINE || !BELFRY_TEST_REGISTRY) return undefined;
  return { engineHost: BELFRY_TEST_ENGINE, registry: BELFRY_TEST_REGISTRY, close: async () => {} };
}

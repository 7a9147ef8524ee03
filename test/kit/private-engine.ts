import { type EngineProgram, openPrivateEngine, type PrivateEngine } from '../../core/demo/private-engine.ts';
import { openStage, type Stage } from '../../core/demo/stage.ts';
import { openEnvironment } from './environment.ts';

/** A further engine of the kind that the tests run on, for a test that kills or restarts it. */
function openFurtherEngine(): Promise<PrivateEngine> {
  const { BELFRY_TEST_PROGRAM: program } = process.env;
  if (!program) return openPrivateEngine({ besideOthers: true });
  return openPrivateEngine({ besideOthers: true, program: JSON.parse(program) as EngineProgram });
}

/** A corner of such an engine; `close` ends both. */
export async function openFurtherStage(): Promise<{
  readonly engine: PrivateEngine;
  readonly stage: Stage;
  close(): Promise<void>;
}> {
  const shared = await openEnvironment();
  const engine = await openFurtherEngine();
  const stage = await openStage({ ...shared, engineHost: engine.host }, 'belfry-test');
  return {
    engine,
    stage,
    async close() {
      await engine.close();
      await shared.close();
    },
  };
}

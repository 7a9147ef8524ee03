import { type EngineProgram, openPrivateEngine, type PrivateEngine } from '../../core/demo/private-engine.ts';

/** A further engine of the kind that the tests run on, for a test that kills or restarts it. */
export function openFurtherEngine(): Promise<PrivateEngine> {
  const { BELFRY_TEST_PROGRAM: program } = process.env;
  if (!program) return openPrivateEngine({ besideOthers: true });
  return openPrivateEngine({ besideOthers: true, program: JSON.parse(program) as EngineProgram });
}

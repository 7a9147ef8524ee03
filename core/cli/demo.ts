import type { CommandRun } from './session.ts';

export const demo: CommandRun = async ({ terminal, env, signal }) => {
  const { runDemo } = await import('../demo/demo.ts');
  return runDemo({ terminal, env, signal });
};

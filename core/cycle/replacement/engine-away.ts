import { hasCode } from '../../errors/app-error.ts';
import type { Context } from '../context.ts';

const patience = 60_000;

/** Tries again where the engine is out of reach: one that restarts in the middle gets a minute to come back. */
export async function onceEngineAnswers<Result>(
  { now, sleep }: Pick<Context, 'now' | 'sleep'>,
  work: () => Promise<Result>,
): Promise<Result> {
  const until = now().getTime() + patience;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error) || now().getTime() > until) throw error;
      await sleep(1000);
    }
  }
}

/** Whether an error says that the engine is out of reach, and so nothing of what it was asked. */
export const isAway = (error: unknown): boolean => hasCode(error, 'ENGINE_UNREACHABLE', 'ENGINE_ANSWER_INVALID');

import { findRunning, type Parts } from '../app.ts';
import { ask } from '../control/ask.ts';
import { hasCode, problemOf } from '../errors/app-error.ts';
import type { Finding } from './doctor.ts';
import type { Running } from './plugin-list.ts';

const patience = 10_000;

/** Whether the Belfry that is at work answers, and which of its plugins have failed; nothing where there is none. */
export async function examineRunning(parts: Parts, deadline = patience): Promise<readonly Finding[]> {
  const folder = await findRunning(parts);
  if (folder === undefined) return [];
  try {
    const { plugins } = (await ask(folder, { schema: 1, command: 'plugins' }, undefined, deadline)) as Running;
    const detail = `answers, with ${plugins.length} plugins in force`;
    return [{ name: 'running Belfry', ok: true, detail }, ...plugins.flatMap(failing)];
  } catch (error) {
    if (hasCode(error, 'NOT_RUNNING')) return [];
    const hint = 'A plugin may keep it in an endless loop: its log says which. Restart it; nothing is lost by that.';
    return [{ name: 'running Belfry', ok: false, detail: problemOf(error).message, hint }];
  }
}

function failing({ name, state }: Running['plugins'][number]): readonly Finding[] {
  if (!state?.lastFailure) return [];
  const { failures, calls, lastFailure } = state;
  const detail = `${failures} of ${calls} calls failed, the last at ${lastFailure.time}: ${lastFailure.message}`;
  return [{ name: `plugin ${name}`, ok: true, warning: true, detail }];
}

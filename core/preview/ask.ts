import { AppError } from '../errors/app-error.ts';
import { freeze } from '../freeze.ts';
import { type Isolated, isolate } from '../isolate.ts';
import type { Message, Preview } from '../plugin.ts';
import type { Instance } from '../set-up.ts';

const deadline = 30_000;

/** What a notifier says it would send; undefined where it does not say so. Never calls `deliver`, which might send. */
export async function askPreview(
  { name, wiring }: Instance,
  message: Message,
  id: string,
): Promise<Isolated<Preview> | undefined> {
  const { preview } = wiring;
  if (preview === undefined) return undefined;
  const given = freeze(message);
  return isolate(async (signal) => checked(await preview(given, { id, attempt: 1, form: 'full', signal })), {
    who: `${name} (preview)`,
    deadline,
  });
}

function checked(value: unknown): Preview {
  const { text, sends } = (value ?? {}) as Partial<Preview>;
  if (typeof text === 'string' && Array.isArray(sends)) return { text, sends };
  throw new AppError('PLUGIN_ANSWER_INVALID', 'its preview is not an object such as { text: "…", sends: [{ … }] }');
}

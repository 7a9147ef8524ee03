import { mapLimited } from '../../concurrency.ts';
import type { ContainerDetails, Engine, FileFacts } from '../../engine/port.ts';
import { AppError, hasCode, problemOf } from '../../errors/app-error.ts';
import { outsideMounts } from './layer.ts';

/** More than these are not what somebody configured. */
const most = 50;

/** How far the clocks of the engine and of whoever put the file there may be apart, in milliseconds. */
const skew = 10_000;

/**
 * The files that Compose put into a container's layer: it copies `configs:` and `secrets:` with inline content there
 * between the create and the start. An archive carries times in whole seconds, and what a program writes has finer
 * ones; so a file of a whole second between the container's creation and its start was delivered, not written.
 * Throws FILES_NOT_CARRIED where that cannot be told.
 */
export async function copiedFiles(engine: Engine, original: ContainerDetails): Promise<readonly string[]> {
  if (original.Config.Labels?.['com.docker.compose.project'] === undefined) return [];
  return orNotCarried('cannot be told', async () => {
    const paths = await outsideMounts(engine, original);
    const found = await mapLimited(paths, 16, async (path) => {
      const facts = await engine.fileFacts(original.Id, path);
      return facts !== null && isDelivered(facts, original) ? [path] : [];
    });
    const files = found.flat();
    if (files.length > most) throw new AppError('ENGINE_FAILED', `${files.length} files look like it`);
    return files;
  });
}

/** Copies them into a container that was not started yet, and looks whether they are there. */
export async function carryFiles(
  engine: Engine,
  { files, from, to }: { readonly files: readonly string[]; readonly from: string; readonly to: ContainerDetails },
): Promise<void> {
  await orNotCarried('cannot be copied', async () => {
    for (const path of files) {
      // As if delivered to the new container, so that the next update finds them again.
      await engine.copyFile({ from, to: to.Id, path, modified: new Date(to.Created ?? 0) });
      const [was, is] = [await engine.fileFacts(from, path), await engine.fileFacts(to.Id, path)];
      if (is === null || is.size !== was?.size || is.mode !== was.mode) {
        throw new AppError('ENGINE_FAILED', `${path} did not arrive`);
      }
    }
  });
}

function isDelivered({ isRegular, modified }: FileFacts, { Created = '', State }: ContainerDetails): boolean {
  if (!isRegular || !/:\d\d(?:\.0+)?(?:Z|[+-]\d\d:\d\d)$/.test(modified)) return false;
  const at = Date.parse(modified);
  const started = Date.parse(State.StartedAt ?? '');
  const latest = started > 0 ? started + skew : Number.POSITIVE_INFINITY;
  return at >= Date.parse(Created) - skew && at <= latest;
}

async function orNotCarried<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (hasCode(error, 'ENGINE_UNREACHABLE', 'ENGINE_TIMEOUT', 'ENGINE_ANSWER_INVALID')) throw error;
    const message = `what Compose put into the container ${what}: ${problemOf(error).message}`;
    throw new AppError('FILES_NOT_CARRIED', message, { cause: error });
  }
}

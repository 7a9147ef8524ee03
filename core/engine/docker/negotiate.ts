import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { AppError, hasCode } from '../../errors/app-error.ts';
import type { EngineInfo } from '../port.ts';
import type { Caller } from './call.ts';

const oldest = '1.41';
const newest = '1.51';

/**
 * Agrees on an API version, min(engine's, newest known), in one call: an unversioned `/info` is answered by every
 * engine, its header says what the engine speaks, its body which engine it is. A socket proxy that hides `/info`
 * is asked with `/_ping` instead; then the address stands in for the engine's id.
 */
export async function negotiate(caller: Caller, wanted: string | null, deadline: number): Promise<EngineInfo> {
  caller.version = '';
  const { offered, body } = await firstAnswer(caller, deadline);
  if (offered === undefined) throw new AppError('ENGINE_ANSWER_INVALID', 'the engine does not name its API version');
  if (!speaks(offered, oldest)) {
    throw new AppError('ENGINE_API_TOO_OLD', `the engine speaks API ${offered}; ${oldest} is needed`);
  }
  const apiVersion = wanted ?? (speaks(offered, newest) ? newest : offered);
  caller.version = `/v${apiVersion}`;
  return {
    id: word(body.ID, 'unknown'),
    name: word(body.Name, 'unknown'),
    version: word(body.ServerVersion, 'unknown'),
    apiVersion,
    os: word(body.OSType, 'linux'),
    architecture: word(body.Architecture, 'unknown'),
    storageDriver: word(body.Driver, 'unknown'),
    ...(typeof body.DockerRootDir === 'string' ? { dataRoot: body.DockerRootDir } : {}),
  };
}

/** Whether one API version includes another: `speaks('1.44', '1.42')`. */
export function speaks(version: string, needed: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [neededMajor = 0, neededMinor = 0] = needed.split('.').map(Number);
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

interface FirstAnswer {
  readonly offered: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

async function firstAnswer(caller: Caller, deadline: number): Promise<FirstAnswer> {
  try {
    return await caller.request({ method: 'GET', path: '/info', deadline }, async (response) => ({
      offered: versionOf(response),
      body: JSON.parse(await text(response)) as Record<string, unknown>,
    }));
  } catch (error) {
    if (!hasCode(error, 'ENGINE_FORBIDDEN', 'ENGINE_NOT_FOUND')) throw error;
    return await caller.request({ method: 'GET', path: '/_ping', deadline }, async (response) => {
      await text(response);
      return { offered: versionOf(response), body: {} };
    });
  }
}

function versionOf(response: IncomingMessage): string | undefined {
  const header = response.headers['api-version'];
  return typeof header === 'string' ? header : undefined;
}

function word(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

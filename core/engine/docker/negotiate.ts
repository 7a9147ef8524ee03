import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { AppError, hasCode } from '../../errors/app-error.ts';
import { speaks } from '../api-version.ts';
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
  const { offered, podman, body } = await firstAnswer(caller, deadline);
  if (offered === undefined) throw new AppError('ENGINE_ANSWER_INVALID', 'the engine does not name its API version');
  if (!speaks(offered, oldest)) {
    throw new AppError('ENGINE_API_TOO_OLD', `the engine speaks API ${offered}; ${oldest} is needed`);
  }
  const apiVersion = wanted ?? (speaks(offered, newest) ? newest : offered);
  caller.version = `/v${apiVersion}`;
  return {
    id: podman ? podmanId(body) : word(body.ID, 'unknown'),
    name: word(body.Name, 'unknown'),
    version: word(body.ServerVersion, 'unknown'),
    apiVersion,
    os: word(body.OSType, 'linux'),
    architecture: word(body.Architecture, 'unknown'),
    storageDriver: word(body.Driver, 'unknown'),
    imageStore: podman
      ? 'podman'
      : JSON.stringify(body.DriverStatus ?? '').includes('io.containerd')
        ? 'containerd'
        : 'classic',
    cannot: cannot(body),
    ...(typeof body.DockerRootDir === 'string' ? { dataRoot: body.DockerRootDir } : {}),
    ...(JSON.stringify(body.SecurityOptions ?? '').includes('name=rootless') ? { rootless: true } : {}),
  };
}

/** Podman makes up another id for every answer; where its images lie is what stays. */
function podmanId({ Name, DockerRootDir }: FirstAnswer['body']): string {
  return `podman-${createHash('sha256').update(`${Name}\n${DockerRootDir}`).digest('hex').slice(0, 32)}`;
}

interface FirstAnswer {
  readonly offered: string | undefined;
  readonly podman: boolean;
  readonly body: Readonly<Record<string, unknown>>;
}

async function firstAnswer(caller: Caller, deadline: number): Promise<FirstAnswer> {
  try {
    return await caller.request({ method: 'GET', path: '/info', deadline }, async (response) => ({
      ...speakerOf(response),
      body: JSON.parse(await text(response)) as Record<string, unknown>,
    }));
  } catch (error) {
    if (!hasCode(error, 'ENGINE_FORBIDDEN', 'ENGINE_NOT_FOUND')) throw error;
    return await caller.request({ method: 'GET', path: '/_ping', deadline }, async (response) => {
      await text(response);
      return { ...speakerOf(response), body: {} };
    });
  }
}

function speakerOf({ headers }: IncomingMessage): Pick<FirstAnswer, 'offered' | 'podman'> {
  const version = headers['api-version'];
  return { offered: typeof version === 'string' ? version : undefined, podman: 'libpod-api-version' in headers };
}

function word(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

/** Limits by the names that `/info` has for them; what it does not speak of counts as possible. */
function cannot(body: FirstAnswer['body']): readonly string[] {
  const denied = Object.keys(body).filter((name) => body[name] === false && limits.has(name));
  return body.CgroupVersion === '2' ? [...denied, 'Swappiness', 'CpuRealtime'] : denied;
}

const limits: ReadonlySet<string> = new Set([
  ...['MemoryLimit', 'SwapLimit', 'KernelMemory', 'KernelMemoryTCP', 'OomKillDisable', 'CPUShares', 'CpuCfsPeriod'],
  ...['CpuCfsQuota', 'CPUSet', 'PidsLimit'],
]);

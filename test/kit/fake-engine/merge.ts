import type { ContainerConfig, Healthcheck, ImageDefaults } from '../../../core/engine/port.ts';

/** A container's Config as the engine makes it of the create body and the image's defaults. */
export function mergeConfig(given: ContainerConfig, image: ImageDefaults, hostname: string): ContainerConfig {
  const { Healthcheck: _, StopTimeout, ...own } = given;
  const healthcheck = mergeHealthcheck(given.Healthcheck, image.Healthcheck);
  const exposed = { ...image.ExposedPorts, ...given.ExposedPorts };
  const volumes = { ...image.Volumes, ...given.Volumes };
  const stopSignal = given.StopSignal || image.StopSignal;
  return {
    ...blank,
    ...own,
    Hostname: given.Hostname || hostname,
    User: given.User || image.User || '',
    WorkingDir: given.WorkingDir || image.WorkingDir || '',
    Env: mergeEnvironment(given.Env, image.Env),
    ...mergeCommand(given, image),
    Labels: { ...image.Labels, ...given.Labels },
    Volumes: Object.keys(volumes).length === 0 ? null : volumes,
    ...(Object.keys(exposed).length === 0 ? {} : { ExposedPorts: exposed }),
    ...(healthcheck === undefined ? {} : { Healthcheck: healthcheck }),
    ...(typeof stopSignal === 'string' ? { StopSignal: stopSignal } : {}),
    ...(typeof StopTimeout === 'number' ? { StopTimeout } : {}),
  };
}

const blank = {
  Domainname: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  OnBuild: null,
};

/** An entrypoint of one's own leaves the image's command behind; an empty one does not. One empty string means none. */
function mergeCommand(given: ImageDefaults, image: ImageDefaults): Pick<ImageDefaults, 'Cmd' | 'Entrypoint'> {
  const { Entrypoint, Cmd = null } = given;
  if (Entrypoint?.length === 1 && Entrypoint[0] === '') return { Entrypoint: null, Cmd };
  if (Entrypoint?.length) return { Entrypoint, Cmd };
  return {
    Entrypoint: given.Entrypoint ?? image.Entrypoint ?? null,
    Cmd: given.Cmd?.length ? given.Cmd : (image.Cmd ?? null),
  };
}

type Environment = ImageDefaults['Env'];

function mergeEnvironment(given: Environment, image: Environment): readonly string[] | null {
  const keyOf = (entry: string) => entry.split('=', 1)[0];
  const own = given ?? [];
  const keys = new Set(own.map(keyOf));
  const all = [...own, ...(image ?? []).filter((entry) => !keys.has(keyOf(entry)))];
  return all.length === 0 ? null : all;
}

function mergeHealthcheck(
  given: Healthcheck | null | undefined,
  image: Healthcheck | null | undefined,
): Healthcheck | undefined {
  if (!given || !image) return given ?? image ?? undefined;
  const stated = Object.entries(given).filter(([, value]) => value !== 0 && value !== null);
  const inherits = !given.Test?.length;
  return { ...image, ...Object.fromEntries(stated), Test: (inherits ? image.Test : given.Test) ?? null };
}

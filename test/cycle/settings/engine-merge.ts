import type { ContainerConfig, Healthcheck, ImageDefaults } from '../../../core/engine/port.ts';

type Entries = Readonly<Record<string, unknown>>;

/** What an engine makes of the Config of a create and the defaults of its image, field by field as its source has it. */
export function engineMerge(given: ContainerConfig, image: ImageDefaults): ContainerConfig {
  const healthcheck = fillHealthcheck(given.Healthcheck ?? null, image.Healthcheck ?? null);
  return {
    ...given,
    ...fillCommand(given, image),
    User: given.User || image.User || '',
    WorkingDir: given.WorkingDir || image.WorkingDir || '',
    StopSignal: given.StopSignal || String(image.StopSignal ?? ''),
    Env: fillEnvironment(given.Env ?? [], image.Env ?? []),
    Labels: { ...image.Labels, ...given.Labels },
    Volumes: { ...image.Volumes, ...given.Volumes },
    ExposedPorts: { ...image.ExposedPorts, ...given.ExposedPorts },
    Healthcheck: healthcheck,
  };
}

function fillCommand(given: ImageDefaults, image: ImageDefaults): Pick<ImageDefaults, 'Entrypoint' | 'Cmd'> {
  let Entrypoint = given.Entrypoint ?? null;
  let Cmd = given.Cmd ?? null;
  if (!Entrypoint?.length) {
    if (!Cmd?.length) Cmd = image.Cmd ?? null;
    if (Entrypoint === null) Entrypoint = image.Entrypoint ?? null;
  }
  if (Entrypoint?.length === 1 && Entrypoint[0] === '') Entrypoint = null;
  return { Entrypoint, Cmd };
}

function fillEnvironment(given: readonly string[], image: readonly string[]): readonly string[] {
  const keys = new Set(given.map((entry) => entry.split('=')[0]));
  return [...given, ...image.filter((entry) => !keys.has(entry.split('=')[0]))];
}

function fillHealthcheck(given: Healthcheck | null, image: Healthcheck | null): Healthcheck | null {
  if (given === null || image === null) return given ?? image;
  const isBlank = (value: unknown) => !value || (Array.isArray(value) && value.length === 0);
  const stated = Object.entries(given as Entries).filter(([, value]) => !isBlank(value));
  return { ...image, ...Object.fromEntries(stated) };
}

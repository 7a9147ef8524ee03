import type { Engine } from './engine/port.ts';
import { workloadState } from './engine/state.ts';
import { hasCode } from './errors/app-error.ts';
import type { Services } from './host.ts';
import type { Registry } from './registry/port.ts';
import { parseReference } from './registry/reference.ts';

/** What plugins are lent of an engine and of the registries. */
export function engineServices(
  engine: Engine,
  registry: Registry,
): Pick<Services, 'state' | 'logs' | 'exec' | 'registry' | 'lacking'> {
  return {
    state: async ({ id }) => workloadState(await engine.inspect(id)),
    logs: ({ id }, lines) => engine.logs(id, lines),
    exec: ({ id }, command) => engine.exec(id, command),
    registry: {
      manifest: (image, manifest) => registry.read(parseReference(image), { manifest }),
      blob: (image, blob) => registry.read(parseReference(image), { blob }),
    },
    async lacking(capability) {
      // What the others need, every update needs as well.
      if (capability !== 'exec') return undefined;
      const refused = (await engine.probe('exec')).filter(({ allowed }) => !allowed);
      return refused.length === 0 ? undefined : `the engine refuses ${refused.map((one) => one.endpoint).join(', ')}`;
    },
  };
}

/** For commands that only look at a configuration: what no engine can be asked for counts as there. */
export function withoutEngine(services: Services): Services {
  const lacking: Services['lacking'] = (capability) =>
    services.lacking(capability).catch((error: unknown) => {
      if (hasCode(error, 'ENGINE_UNREACHABLE')) return undefined;
      throw error;
    });
  return { ...services, lacking };
}

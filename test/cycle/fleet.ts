import type { HostConfig } from '../../core/engine/port.ts';
import { createLab, type Lab, type LabOptions, runs } from './lab.ts';

export const reference = (image: string) => `registry.example/${image}:1`;

export interface Spec {
  readonly image?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly host?: HostConfig;
  readonly stopped?: boolean;
}

/** Runs containers of images that are all up to date, in the order given. */
export function createFleet(specs: Readonly<Record<string, Spec>>, options: LabOptions = {}): Lab {
  const lab = createLab(options);
  for (const [name, { image = name, labels = {}, host = {}, stopped = false }] of Object.entries(specs)) {
    lab.registry.put(reference(image), runs);
    const arranged = { image: reference(image), config: { Labels: labels }, hostConfig: host };
    if (stopped) lab.engine.put(name, arranged);
    else lab.engine.run(name, arranged);
  }
  return lab;
}

/** Puts a newer image into the registry. */
export function release(lab: Lab, image: string): void {
  lab.registry.put(reference(image), { ...runs, bytes: 1 });
}

export const idOf = async (lab: Lab, name: string): Promise<string> => (await lab.engine.inspect(name)).Id;

interface Asked {
  readonly workload: { readonly name: string };
}

/** A gate that vetoes one container. */
export function hold(name: string) {
  return ({ workload }: Asked) =>
    workload.name === name ? ({ verdict: 'veto', reason: 'not this one' } as const) : undefined;
}

/** A health check that fails for one container. */
export function refuse(name: string) {
  return ({ workload }: Asked) =>
    workload.name === name ? ({ verdict: 'unhealthy', reason: 'no answer' } as const) : undefined;
}

import type { Parts } from '../app.ts';
import { mapLimited } from '../concurrency.ts';
import { selects } from '../config/select.ts';
import { largeLayer } from '../cycle/settings/layer.ts';
import type { ContainerSummary } from '../engine/port.ts';
import { AppError, problemOf } from '../errors/app-error.ts';
import { openStateFolder } from '../journal/state-folder.ts';
import type { Reference } from '../registry/port.ts';
import { formatReference, parseReference } from '../registry/reference.ts';
import { examineRunning } from './examine-running.ts';
import { journalOf } from './journal-of.ts';
import { type CommandRun, exitCodes, printJson } from './session.ts';
import type { Terminal } from './terminal.ts';

export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly hint?: string;
  /** Nothing is wrong, and yet worth knowing. */
  readonly warning?: true;
}

/** Asks everything that an update would need, and changes nothing but the state folder's existence. */
export const doctor: CommandRun = async ({ args, parts, terminal }) => {
  const findings: Finding[] = [];
  for (const examine of [engine, endpoints, state, journal, examineRunning, registries, layers])
    findings.push(...(await examine(parts)));
  if (args.json) printJson(terminal, { command: 'doctor', findings });
  for (const finding of args.json ? [] : findings) {
    const { name, detail, hint } = finding;
    terminal.print(`${mark(finding, terminal)}  ${name}: ${detail}`);
    if (hint !== undefined) terminal.print(`      ${hint}`);
  }
  return findings.every(({ ok }) => ok) ? exitCodes.fine : exitCodes.failed;
};

function mark({ ok, warning }: Finding, { style }: Terminal): string {
  if (!ok) return style('red', 'FAIL');
  return warning ? style('yellow', 'warn') : style('green', 'ok  ');
}

type Examine = (parts: Parts) => Promise<readonly Finding[]>;

const engine: Examine = async ({ engine, loaded }) => {
  const { name, version, apiVersion, storageDriver, id } = await engine.info();
  const detail = `${version} on ${name}, API ${apiVersion}, storage ${storageDriver}, id ${id}`;
  return [{ name: `engine at ${loaded.settings.engine.host}`, ok: true, detail }];
};

const endpoints: Examine = async ({ engine }) => {
  const refused = (await engine.probe()).filter(({ allowed }) => !allowed);
  if (refused.length === 0) return [{ name: 'engine endpoints', ok: true, detail: 'all that are needed are allowed' }];
  return refused.map(({ endpoint }) => ({
    name: 'engine endpoints',
    ok: false,
    detail: `${endpoint} is refused`,
    hint: 'Allow it on the socket proxy in front of the engine.',
  }));
};

const state: Examine = async ({ engine, env, loaded }) => {
  const { id } = await engine.info();
  const { stateFolder, scope } = loaded.settings;
  const { path, problem } = await openStateFolder({ explicit: stateFolder, env, engineId: id, scope });
  if (problem === undefined) return [{ name: 'state folder', ok: true, detail: path }];
  return [{ name: 'state folder', ok: false, detail: problem.message, hint: problem.hint }];
};

const journal: Examine = async (parts) => {
  const reader = await journalOf(parts);
  if (reader === undefined) return [];
  const { unreadable, last } = reader;
  const detail = `${last} records${unreadable === 0 ? '' : `, ${unreadable} lines cannot be read and are passed over`}`;
  return [{ name: 'journal', ok: unreadable === 0, detail }];
};

/** One question for each registry in use: whether it is reachable and takes the credentials found. */
const registries: Examine = async ({ engine, registry, loaded }) => {
  const byHost = new Map<string, Reference>();
  const watched = (await engine.list()).filter((container) => selects(container, loaded.settings).selected);
  for (const reference of references(watched)) {
    if (!byHost.has(reference.registry)) byHost.set(reference.registry, reference);
  }
  return Promise.all(
    [...byHost].map(async ([host, reference]) => {
      const name = `registry ${host}`;
      try {
        const credentials = await registry.pullCredentials(reference);
        await registry.digest(reference);
        const how = credentials === undefined ? 'without credentials' : 'with the credentials found';
        return { name, ok: true, detail: `answers for ${formatReference(reference)}, ${how}` };
      } catch (error) {
        const { code, message, hint } = problemOf(error);
        return { name, ok: false, detail: `${message} (${code})`, hint };
      }
    }),
  );
};

/** What an update would leave behind. */
const layers: Examine = async ({ engine, loaded }) => {
  const watched = (await engine.list()).filter((container) => selects(container, loaded.settings).selected);
  const found = await mapLimited(watched, 4, async ({ id, name }): Promise<readonly Finding[]> => {
    // Whoever removed it meanwhile, or hides the layer, takes nothing but a warning away.
    const words = await engine
      .inspect(id)
      .then((details) => largeLayer(engine, details))
      .catch(() => null);
    const hint = 'An update leaves it behind: keep what must last in a volume.';
    return words === null ? [] : [{ name: `container ${name}`, ok: true, warning: true, detail: words, hint }];
  });
  return found.flat();
};

function references(containers: readonly ContainerSummary[]): readonly Reference[] {
  return containers.flatMap(({ image }) => {
    try {
      const reference = parseReference(image);
      return image.startsWith('sha256:') || reference.tag === null ? [] : [reference];
    } catch (error) {
      if (error instanceof AppError) return [];
      throw error;
    }
  });
}

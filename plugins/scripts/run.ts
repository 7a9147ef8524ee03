import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import {
  defer,
  type GateVerdict,
  hookFailed,
  matchesName,
  type PluginContext,
  type ProgramResult,
  runProgram,
  veto,
} from 'belfry/plugin';
import type { Script } from './config.ts';
import type { Occasion } from './told.ts';

type Context = PluginContext<{ readonly scripts: readonly Script[] }>;

/** By sysexits.h: try again later. */
const notNow = 75;

/** Programs given by a path can be looked for before they are needed. */
export function mustExist({ config, folder }: Context): void {
  const missing = new Set(
    config.scripts.map(({ run: [program = ''] }) => program).filter((one) => !isThere(one, folder)),
  );
  if (missing.size > 0) throw new Error(`${[...missing].join(', ')} is not there or not executable`);
}

function isThere(program: string, folder: string): boolean {
  if (!program.includes('/')) return program !== '';
  try {
    accessSync(resolve(folder, program), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether a script is to be run on an occasion. What has a choice of containers is for nothing else. */
export function isFor({ on, containers }: Script, occasion: Pick<Occasion, 'on' | 'workload'>): boolean {
  if (!on.includes(occasion.on)) return false;
  const { workload } = occasion;
  return containers === undefined || (workload !== null && containers.some((one) => matchesName(one, workload.name)));
}

/** Runs the scripts of an occasion one after the other. Throws with all that failed, once all have run. */
export async function runAll(context: Context, occasion: Occasion, signal: AbortSignal): Promise<void> {
  const failures: string[] = [];
  for (const script of context.config.scripts.filter((one) => isFor(one, occasion))) {
    const { failure } = await run(context, script, { occasion, signal });
    if (failure !== undefined) failures.push(failure);
  }
  if (failures.length > 0) throw hookFailed(failures.join('; '));
}

/** Runs the scripts before a replacement until one objects. */
export async function decide(
  context: Context,
  occasion: Occasion,
  signal: AbortSignal,
): Promise<GateVerdict | undefined> {
  for (const script of context.config.scripts.filter((one) => isFor(one, occasion))) {
    const { failure, result, words } = await run(context, script, { occasion, signal });
    if (failure === undefined) continue;
    if (result?.exitCode === notNow) return defer(`${script.run[0]} says not now${words}`);
    if (script.onFailure === 'refuse') return veto(failure);
    context.log.warn(`${failure}; the update goes on, as configured`);
  }
  return undefined;
}

interface Ended {
  /** A sentence that begins with the program; undefined where all is well. */
  readonly failure: string | undefined;
  /** Undefined where it could not be started. */
  readonly result?: ProgramResult;
  /** The last line it said, behind a colon; empty where it said nothing. */
  readonly words: string;
}

interface Run {
  readonly occasion: Occasion;
  readonly signal: AbortSignal;
}

async function run({ folder, log }: Context, script: Script, { occasion, signal }: Run): Promise<Ended> {
  const { run: argv, timeout } = script;
  const { input, on } = occasion;
  const env = { ...script.env, ...occasion.env };
  try {
    const result = await runProgram({ argv, env, input, timeout, signal, folder });
    const { output } = result;
    const [last = ''] = output.trim().split('\n').slice(-1);
    const words = last === '' ? '' : `: ${last.trim().slice(0, 300)}`;
    const end = endOf(result, timeout);
    const about = occasion.workload === null ? '' : ` for ${occasion.workload.name}`;
    log.info(`${argv[0]}${about} on ${on} ${end ?? 'succeeded'}`, { output: output.slice(-2_000) });
    return { failure: end === undefined ? undefined : `${argv[0]} ${end}${words}`, result, words };
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'PROGRAM_UNAVAILABLE') throw error;
    return { failure: (error as Error).message, words: '' };
  }
}

/** How it failed; undefined where it did not. */
function endOf({ exitCode, signal, timedOut }: ProgramResult, timeout: number): string | undefined {
  if (timedOut) return `did not end within ${timeout / 1_000} s and was killed`;
  if (exitCode === null) return `was ended by ${signal}`;
  return exitCode === 0 ? undefined : `ended with exit code ${exitCode}`;
}

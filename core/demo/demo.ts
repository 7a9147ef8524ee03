import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Terminal } from '../cli/terminal.ts';
import { openGround, openStage, type Stage } from './stage.ts';
import { webService } from './web-service.ts';

interface Show {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Belfry's main job on a real engine, from an old version over a new one to a broken one. Resolves with the exit code. */
export async function runDemo(show: Show): Promise<number> {
  const { terminal } = show;
  const ground = await openGround((line) => terminal.note(line));
  const stage = await openStage(ground, 'belfry-demo').catch(async (error: unknown) => {
    await ground.close();
    throw error;
  });
  const state = await mkdtemp(join(tmpdir(), 'belfry-demo-'));
  try {
    terminal.print(`engine ${stage.engineHost}, registry ${stage.registry}`);
    return (await perform(show, stage, state)) ? 0 : 1;
  } finally {
    terminal.print('\nremoving everything the demo made …');
    await stage.close();
    await rm(state, { recursive: true, force: true });
  }
}

async function perform({ terminal, env, signal }: Show, stage: Stage, state: string): Promise<boolean> {
  const { style } = terminal;
  const say = (text: string) => terminal.print(`\n${style('bold', text)}`);
  const belfry = async (...args: readonly string[]) => {
    if (signal.aborted) return 130;
    terminal.print(style('dim', `$ belfry ${args.join(' ')}`));
    return runBelfry(args, { ...env, ...belfryEnvironment(stage, state) });
  };
  const answer = async () => {
    const text = await untilAnswers(() => stage.answers(stage.name('web')));
    terminal.print(`the service answers: ${style('cyan', text)}`);
    return text;
  };

  say('1. A small web service runs from its image web:latest.');
  const { reference } = await stage.push('web:latest', webService('1.0.0'));
  const restart = { RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } };
  await stage.run('web', { Image: reference, HostConfig: restart });
  const first = await answer();

  say('2. Its publisher pushes version 2.0.0 under the same tag.');
  await stage.push('web:latest', webService('2.0.0'));
  await belfry('check');

  say('3. Belfry replaces it, and removes the old container only when the new one is proven.');
  const updated = await belfry('update');
  const second = await answer();

  say('4. Version 3.0.0 is broken: it exits as soon as it has started.');
  await stage.push('web:latest', webService('3.0.0', { fault: 'exits' }));
  const refused = await belfry('update');
  const third = await answer();

  say('5. Belfry remembers that image, and leaves it alone from now on.');
  await belfry('check');
  await belfry('history');

  const good = first === 'web 1.0.0' && updated === 0 && second === 'web 2.0.0' && refused === 1 && third === second;
  say(good ? 'Updated once, rolled back once, and nothing was lost.' : 'The demo did not go as it should have.');
  return good;
}

function belfryEnvironment(stage: Stage, state: string): Record<string, string> {
  return {
    DOCKER_HOST: stage.engineHost,
    BELFRY_SCOPE: stage.scope,
    BELFRY_STATE_DIR: state,
    BELFRY_STABILITY_WINDOW: '3s',
  };
}

/** This very program, as a user would call it. */
function runBelfry(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [, program = ''] = process.argv;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, program, ...args], { env, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** A container runs before the service in it listens, by seconds where the machine is busy. */
async function untilAnswers(ask: () => Promise<string>): Promise<string> {
  const lastMoment = Date.now() + 15_000;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const text = await ask().catch((error: unknown) => error);
    if (typeof text === 'string') return text;
    if (Date.now() > lastMoment) return `nothing (${String(text)})`;
  }
}

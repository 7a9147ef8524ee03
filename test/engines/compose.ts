import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import type { Scene } from '../e2e/scene.ts';

/** A Compose project on a scene's engine. */
export interface Project {
  /** Runs `docker-compose ARGS` to its end, and resolves with what it said; rejects where it fails. */
  compose(...args: readonly string[]): Promise<string>;
  /** The ids of its containers, by the name of their service. */
  ids(): Promise<Readonly<Record<string, string>>>;
}

/** Writes a project's file (JSON is YAML) and brings it up with the Compose of this run. */
export async function openProject(t: TestContext, scene: Scene, file: object): Promise<Project> {
  const program = process.env.BELFRY_TEST_COMPOSE;
  if (!program) throw new Error('npm run test:engines says where Compose is');
  const folder = await mkdtemp('/tmp/belfry-compose-');
  await writeFile(`${folder}/compose.yaml`, JSON.stringify({ name: scene.prefix, ...file }));
  const env = { PATH: process.env.PATH, HOME: folder, DOCKER_CONFIG: folder, DOCKER_HOST: scene.engineHost };

  const compose: Project['compose'] = (...args) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, ['--ansi', 'never', ...args], { cwd: folder, env });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          said += text;
        });
      }
      child.on('error', reject);
      child.on('close', (code) => (code === 0 ? resolve(said) : reject(new Error(`compose ${args[0]}: ${said}`))));
    });

  t.after(async () => {
    await compose('down', '--volumes', '--timeout', '1');
    await rm(folder, { recursive: true, force: true });
  });
  await compose('up', '--detach', '--wait');
  return {
    compose,
    ids: async () => {
      const found = await Promise.all((await scene.containers()).map((name) => scene.inspect(name)));
      return Object.fromEntries(
        found.map(({ Id, Config }) => [Config.Labels?.['com.docker.compose.service'] ?? Id, Id]),
      );
    },
  };
}

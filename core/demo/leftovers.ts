import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Ends what a killed engine leaves running: the shims started from its folder and the containers that live in it. */
export async function endProcesses(folder: string): Promise<void> {
  for (;;) {
    const left = await processesOf(folder);
    if (left.length === 0) return;
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    }
    await delay(20);
  }
}

/** Unmounts what is still mounted below a folder, the deepest first. */
export async function unmountAll(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounts.reverse()) await run('umount', ['--lazy', path]);
}

/** The engine's own helpers, which name its `exec` folder, and those whose root file system is mounted from the folder. */
async function processesOf(folder: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const checked = await Promise.all(pids.map(async (pid) => ((await belongsTo(folder, pid)) ? [Number(pid)] : [])));
  return checked.flat();
}

async function belongsTo(folder: string, pid: string): Promise<boolean> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  const [command, mounts] = await Promise.all([read('cmdline'), read('mountinfo')]);
  const root = mounts.split('\n').find((line) => line.split(' ')[4] === '/') ?? '';
  return command.includes(`${folder}/exec/`) || root.includes(`${folder}/`);
}

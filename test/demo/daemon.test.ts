import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, describe, test } from 'node:test';
import { startDaemon } from '../../core/demo/daemon.ts';
import { findProgram } from '../../core/demo/programs.ts';
import { until } from '../kit/until.ts';

describe('a daemon', () => {
  const folder = mkdtempSync(`${tmpdir()}/belfry-daemon-`);
  after(() => rmSync(folder, { recursive: true }));
  const logFile = `${folder}/log`;
  const printed = async (text: string) => readFileSync(logFile, 'utf8').includes(text) || undefined;
  const start = (script: string, ready: () => Promise<true | undefined>) =>
    startDaemon({ command: 'sh', args: ['-c', script], logFile, ready, deadline: 5_000 });

  test('that ends before it is ready is reported with the last lines of its log', async () => {
    await assert.rejects(
      start('echo first; echo "port in use" >&2; exit 3', async () => undefined),
      { code: 'DEMO_PART_FAILED', message: /sh did not start:\nfirst\nport in use$/ },
    );
  });

  test('is given none of the settings in our environment', async () => {
    process.env.DOCKER_CONTENT_TRUST = 'leaks';
    const { daemon } = await start('env; echo up; exec sleep 60', () => printed('up'));
    await daemon.stop(5_000);
    delete process.env.DOCKER_CONTENT_TRUST;
    assert.doesNotMatch(readFileSync(logFile, 'utf8'), /DOCKER_CONTENT_TRUST|HOME=/);
  });

  test('ends with the process that started it, even if that is killed', {
    skip: findProgram('setpriv') ? false : 'needs setpriv',
  }, async () => {
    const module = new URL('../../core/demo/daemon.ts', import.meta.url).href;
    const parent = spawn(process.execPath, [
      '--import',
      'tsx',
      '--input-type=module',
      '--eval',
      `
      import { existsSync } from 'node:fs';
      const { startDaemon } = await import('${module}');
      const ready = async () => existsSync('${folder}/pid') || undefined;
      const args = ['-c', 'echo $$ > ${folder}/pid; exec sleep 60'];
      await startDaemon({ command: 'sh', args, logFile: '${logFile}', ready, deadline: 5_000 });
      process.kill(process.pid, 'SIGKILL');
    `,
    ]);
    const [, signal] = await once(parent, 'close');
    assert.equal(signal, 'SIGKILL');
    const pid = readFileSync(`${folder}/pid`, 'utf8').trim();
    await until('the end of the daemon', async () => commandLine(pid) === '');
  });

  test('that does not heed SIGTERM is killed after its grace', async () => {
    const { daemon } = await start('trap "echo no" TERM; echo deaf; while :; do sleep 0.05; done', () =>
      printed('deaf'),
    );
    await daemon.stop(200);
    await daemon.stop(200);
    assert.match(readFileSync(logFile, 'utf8'), /deaf\nno/);
  });
});

/** Empty once the process has ended. */
function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scripts } from '../programs.ts';
import { type Stage, withCode } from '../stage.ts';

export function execCases(stage: () => Stage): void {
  test('runs a program in a container, and tells its exit code and what it said on both streams', async () => {
    const { world, run } = stage();
    const id = await run('exec', 'serves');
    const { exitCode, output } = await world.engine.exec(id, scripts.fails);
    assert.equal(exitCode, 3);
    // Between the streams there is no order.
    assert.deepEqual(output.split('\n').sort(), ['', 'err', 'out']);
  });

  test('runs it as the user and with the variables that are given', async () => {
    const { world, run } = stage();
    const id = await run('exec-user', 'serves');
    const { output } = await world.engine.exec(id, { ...scripts.tells, user: '1000:1001', env: { GIVEN: 'a  b=c' } });
    assert.equal(output, 'a  b=c 1000:1001\n');
  });

  test('keeps the last 64 KiB of what it says', async () => {
    const { world, run } = stage();
    const id = await run('exec-flood', 'serves');
    const { output } = await world.engine.exec(id, scripts.floods);
    assert.ok(Buffer.byteLength(output) <= 64 * 1024 && Buffer.byteLength(output) > 64 * 1024 - 4);
    assert.match(output.slice(-40), /\n\d+ é{20}\n$/);
    assert.ok(!output.includes('\ufffd'));
  });

  test('waits for its end, also where it says nothing more', async () => {
    const { world, run } = stage();
    const id = await run('exec-closed', 'serves');
    assert.deepEqual(await world.engine.exec(id, scripts.closes), { exitCode: 4, output: '' });
  });

  test('says of a program that is not there what the engine says, with an exit code as of a shell', async () => {
    const { world, run } = stage();
    const id = await run('exec-absent', 'serves');
    const { exitCode, output } = await world.engine.exec(id, { argv: ['no-such-program'] });
    assert.ok([126, 127].includes(exitCode), `${exitCode}`);
    assert.match(output, /no-such-program.*not found/);
  });

  test('runs nothing in a container that does not run, is paused or is not there', async () => {
    const { world, run, create } = stage();
    const { engine } = world;
    const stopped = await create('exec-stopped', 'serves');
    await assert.rejects(engine.exec(stopped, scripts.fails), withCode('ENGINE_CONFLICT'));
    const paused = await run('exec-paused', 'serves');
    await world.pause(paused);
    await assert.rejects(engine.exec(paused, scripts.fails), withCode('ENGINE_CONFLICT'));
    await assert.rejects(engine.exec(world.name('exec-nobody'), scripts.fails), withCode('ENGINE_NOT_FOUND'));
  });

  test('waits for it no longer than it may take, nor once nobody wants to know', async () => {
    const { world, run } = stage();
    const { engine } = world;
    const id = await run('exec-long', 'serves');
    await assert.rejects(engine.exec(id, { ...scripts.lasts, timeout: 500 }), withCode('ENGINE_TIMEOUT'));
    const stopped = engine.exec(id, { ...scripts.lasts, signal: AbortSignal.abort() });
    await assert.rejects(stopped, withCode('STOPPED_BY_SIGNAL'));
  });
}

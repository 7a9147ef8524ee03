import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PullProgress } from '../../../core/engine/port.ts';
import type { Code } from '../../../core/errors/catalogue.ts';
import { programs } from '../programs.ts';
import { type Stage, withCode } from '../stage.ts';
import type { Breakage } from '../world.ts';

const breakages: Readonly<Record<Breakage, Code>> = {
  unauthorized: 'REGISTRY_UNAUTHORIZED',
  'rate-limited': 'REGISTRY_RATE_LIMITED',
  failing: 'REGISTRY_FAILED',
  truncated: 'PULL_FAILED',
};

export function pullCases(stage: () => Stage): void {
  test('pulls by digest without moving a tag, and reports progress', async () => {
    const { world } = stage();
    const repository = world.repository('tagged');
    const first = await world.push('tagged:1', programs.serves);
    await world.engine.pull(`${repository}@${first}`, {});
    await world.engine.tag(`${repository}@${first}`, repository, '1');
    const { Id } = await world.engine.inspectImage(`${repository}:1`);

    const config = { ...programs.serves.config, Labels: { version: '2' } };
    const second = await world.push('tagged:1', { config, behaviour: {} });
    const reports: PullProgress[] = [];
    await world.engine.pull(`${repository}@${second}`, { onProgress: (report) => reports.push(report) });
    assert.equal((await world.engine.inspectImage(`${repository}:1`)).Id, Id);
    assert.deepEqual((await world.engine.inspectImage(`${repository}@${second}`)).RepoTags, []);
    const last = reports.at(-1);
    // Containerd's store tells only of layers that take their time.
    const { imageStore } = await world.engine.info();
    assert.ok(imageStore === 'containerd' || (last !== undefined && last.layers > 0));
    assert.deepEqual([last?.layersDone, last?.bytesDone], [last?.layers, last?.bytes]);
  });

  test('FM69: says of a digest and of a repository that the registry does not have them', async () => {
    const { world } = stage();
    await world.push('present:1', programs.serves);
    const nowhere = `sha256:${'0'.repeat(64)}`;
    for (const short of ['present', 'absent']) {
      const reference = `${world.repository(short)}@${nowhere}`;
      await assert.rejects(world.engine.pull(reference, {}), withCode('REGISTRY_NOT_FOUND'));
    }
  });

  test('FM63: says that an index has no image for the platform', async () => {
    const { world } = stage();
    const reference = `${world.repository('foreign')}@${await world.pushForeign('foreign:1')}`;
    await assert.rejects(world.engine.pull(reference, {}), withCode('REGISTRY_PLATFORM_MISSING'));
  });

  for (const [how, code] of Object.entries(breakages) as [Breakage, Code][]) {
    test(`FM58: calls a pull from a registry that is ${how} ${code}, and has no image of it`, async () => {
      const { world } = stage();
      const reference = await world.broken(how);
      await assert.rejects(world.engine.pull(reference, {}), withCode(code));
      await assert.rejects(world.engine.inspectImage(reference), withCode('ENGINE_NOT_FOUND'));
    });
  }

  test('does not begin a pull that was stopped', async () => {
    const { world } = stage();
    const reference = `${world.repository('stopped')}@${await world.push('stopped:1', programs.serves)}`;
    const pull = world.engine.pull(reference, { signal: AbortSignal.abort() });
    await assert.rejects(pull, withCode('STOPPED_BY_SIGNAL'));
  });
}

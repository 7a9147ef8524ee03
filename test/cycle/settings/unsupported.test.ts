import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lostSettings } from '../../../core/cycle/settings/proof.ts';
import { buildSpec } from '../../../core/cycle/settings/spec.ts';
import { unspoken, unsupported } from '../../../core/cycle/settings/unsupported.ts';
import type { ContainerDetails, HostConfig } from '../../../core/engine/port.ts';
import { createLab } from '../lab.ts';
import { containerDetails } from './every-setting.ts';

const limited = (HostConfig: HostConfig): ContainerDetails => ({ ...containerDetails(), HostConfig });
const host = { MemorySwappiness: 10, Memory: 1024, KernelMemory: 5, CpuRealtimeRuntime: 1 };

describe('FM37: limits that the engine reports it cannot set', () => {
  const engine = { apiVersion: '1.41', cannot: ['Swappiness', 'KernelMemory'] };

  test('are left out, and no others', () => {
    const original = limited(host);
    const spec = buildSpec({ original, inherited: null, reference: 'web:1', imageId: 'x', engine });
    const { MemorySwappiness, Memory, KernelMemory, CpuRealtimeRuntime } = spec.hostConfig;
    assert.deepEqual([MemorySwappiness, Memory, KernelMemory, CpuRealtimeRuntime], [null, 1024, null, 1]);
  });

  test('are not missed by the settings proof, which misses all others', () => {
    const pair = { original: limited(host), created: limited({}), inherited: null, engine };
    assert.deepEqual(lostSettings(pair), ['HostConfig.Memory', 'HostConfig.CpuRealtimeRuntime']);
  });

  test('are all kept where the engine can', () => {
    assert.deepEqual(unsupported(limited(host), { cannot: [] }), []);
  });

  test('are told in a dry run and in the log', async () => {
    const lab = createLab({ info: { cannot: ['Swappiness'] } });
    lab.behind('web', { hostConfig: { MemorySwappiness: 10 } });
    const { previews } = await lab.run({ dryRun: true });
    assert.deepEqual(previews[0]?.notPreserved, ['MemorySwappiness, which the engine cannot do']);
    await lab.run();
    assert.deepEqual(lab.endings().at(-1), 'web recreated');
    assert.match(lab.logged.join('\n'), /web: the engine cannot do MemorySwappiness; left out/);
  });
});

describe('FM24: settings that the API version spoken cannot state', () => {
  const subpath = {
    Mounts: [
      { Type: 'volume', Target: '/a' },
      { Type: 'volume', VolumeOptions: { Subpath: 'x' } },
    ],
  };
  const details: ContainerDetails = {
    ...limited({ ...subpath, Annotations: { a: 'b' } }),
    NetworkSettings: { Networks: { lan: { GwPriority: 0 }, wan: { GwPriority: 2, MacAddress: '02:00:00:00:00:01' } } },
  };

  test('are named with the version that could', () => {
    const names = (apiVersion: string) => unspoken(details, apiVersion).map((words) => words.split(' ')[0]);
    assert.deepEqual(names('1.51'), []);
    assert.deepEqual(names('1.47'), ['Networks.GwPriority']);
    assert.deepEqual(names('1.44'), ['HostConfig.Mounts.VolumeOptions.Subpath', 'Networks.GwPriority']);
    assert.equal(unspoken(details, '1.41')[0], 'HostConfig.Annotations (API 1.43)');
  });

  test('FM32: leave the container as it is rather than lose a subpath', async () => {
    const lab = createLab();
    const VolumeOptions = { Subpath: 'inner' };
    lab.behind('web', { hostConfig: { Mounts: [{ Type: 'volume', Source: 'data', Target: '/data', VolumeOptions }] } });
    await lab.run();
    assert.deepEqual(lab.endings(), ['web skipped SETTING_NOT_CARRIED']);
    assert.match(lab.one('skipped').reason, /VolumeOptions\.Subpath \(API 1\.45\)/);
    assert.equal((await lab.engine.inspect('web')).State.Running, true);
  });

  test('FM32: go along where it can', async () => {
    const lab = createLab({ info: { apiVersion: '1.51' } });
    const Mounts = [{ Type: 'volume', Source: 'data', Target: '/data', VolumeOptions: { Subpath: 'inner' } }];
    lab.behind('web', { hostConfig: { Mounts } });
    await lab.run();
    assert.deepEqual(lab.endings(), ['web recreated']);
    assert.deepEqual((await lab.engine.inspect('web')).HostConfig.Mounts, Mounts);
  });
});

import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { FaultFor } from '../kit/fault-proxy.ts';
import { openRegistryProxy } from '../kit/registry-proxy.ts';
import { app, assertUntouched, openScene, type Run } from './scene.ts';

interface Trouble {
  readonly title: string;
  readonly fault: FaultFor;
  readonly code: string;
}

type Call = Parameters<FaultFor>[0];

const always =
  (status: number): FaultFor =>
  () => ({ do: 'answer', status });
const isBlob = ({ method, path }: Call) => method === 'GET' && path.includes('/blobs/');

function atBlobs(fault: Awaited<ReturnType<FaultFor>>): FaultFor {
  return (call) => (isBlob(call) ? fault : undefined);
}

/** Belfry reads one blob, the configuration, before it has the engine pull that and the layers. */
function atLaterBlobs(fault: Awaited<ReturnType<FaultFor>>): FaultFor {
  let blobs = 0;
  return (call) => {
    if (isBlob(call)) blobs += 1;
    return blobs > 1 && isBlob(call) ? fault : undefined;
  };
}

/** Noticed before anything is pulled. */
const atTheCheck: readonly Trouble[] = [
  { title: 'never answers', fault: () => ({ do: 'hang' }), code: 'REGISTRY_TIMEOUT' }, // First, since it takes longest.
  { title: 'refuses its credentials', fault: always(401), code: 'REGISTRY_UNAUTHORIZED' },
  { title: 'denies access', fault: always(403), code: 'REGISTRY_UNAUTHORIZED' },
  { title: 'FM69: has lost the image', fault: always(404), code: 'REGISTRY_NOT_FOUND' },
  { title: 'FM67: has had enough', fault: always(429), code: 'REGISTRY_RATE_LIMITED' },
  { title: 'FM67: fails', fault: always(500), code: 'REGISTRY_FAILED' },
  { title: 'hangs up', fault: () => ({ do: 'cut', when: 'before' }), code: 'REGISTRY_UNREACHABLE' },
  { title: 'cuts its answer short', fault: atBlobs({ do: 'truncate', bytes: 20 }), code: 'REGISTRY_ANSWER_INVALID' },
  {
    title: 'serves something else than its digest promises',
    fault: atBlobs({ do: 'answer', status: 200, body: '{}' }),
    code: 'REGISTRY_ANSWER_INVALID',
  },
];

// The engine takes a blob that breaks off up again, with pauses that grow, so these are faults it does not mend.
const atThePull: readonly Trouble[] = [
  { title: 'FM58: has lost a layer', fault: atLaterBlobs({ do: 'answer', status: 404 }), code: 'PULL_FAILED' },
  { title: 'FM58: fails at a layer', fault: atLaterBlobs({ do: 'answer', status: 500 }), code: 'REGISTRY_FAILED' },
  {
    title: 'FM58: serves another layer than its digest promises',
    fault: atLaterBlobs({ do: 'answer', status: 200, body: 'not a layer' }),
    code: 'PULL_FAILED',
  },
];

describe('a registry that', { concurrency: 4 }, () => {
  for (const { title, fault, code } of [...atTheCheck, ...atThePull]) {
    test(`${title} costs no container anything`, async (t) => {
      const { scene, proxy, name } = await openBehind(t);
      const before = await scene.inspect(name);
      proxy.setFault(fault);
      assertFailed(await scene.belfry('update', name), { name, code });
      await assertUntouched(scene, before);
      const pulls = scene.engine.calls.filter(({ path }) => path === '/images/create').length;
      assert.equal(pulls, atThePull.some((trouble) => trouble.title === title) ? 1 : 0);

      proxy.setFault(() => undefined);
      const next = await scene.belfry('update', name);
      assert.equal(next.item(name).state, 'recreated', next.stderr);
    });
  }

  test('is down costs no container anything', async (t) => {
    const { scene, proxy, name } = await openBehind(t);
    const before = await scene.inspect(name);
    await proxy.close();
    assertFailed(await scene.belfry('update', name), { name, code: 'REGISTRY_UNREACHABLE' });
    await assertUntouched(scene, before);
  });

  test('FM63: has dropped the platform of a container costs it nothing', async (t) => {
    const { scene, name } = await openBehind(t);
    const before = await scene.inspect(name);
    const other = { os: 'linux', architecture: 's390x', variant: null };
    const foreign = await scene.push('web:foreign', { ...app('3'), platform: other });
    await scene.pushIndex('web:latest', { images: [foreign], attestations: true });
    assertFailed(await scene.belfry('update', name), { name, code: 'REGISTRY_PLATFORM_MISSING' });

    await scene.push('web:latest', { ...app('3'), platform: other });
    assertFailed(await scene.belfry('update', name), { name, code: 'REGISTRY_PLATFORM_MISSING' });
    await assertUntouched(scene, before);
  });
});

/** A container whose image comes through a proxy, with a newer one there. */
async function openBehind(t: TestContext) {
  const scene = await openScene(t);
  const proxy = await openRegistryProxy(scene.registry);
  t.after(() => proxy.close());
  await scene.release('web', '1');
  const name = await scene.run('web', { Image: scene.reference('web:latest', proxy.address) });
  await scene.push('web:latest', { ...app('2'), layers: [{ '/version': `2 of ${scene.prefix}` }] });
  return { scene, proxy, name };
}

function assertFailed(run: Run, { name, code }: { readonly name: string; readonly code: string }): void {
  const { state, outcome, problem } = run.item(name);
  const told = [run.code, state, outcome, problem?.code];
  assert.deepEqual(told, [1, 'failed', 'unchanged', code], `${problem?.message}\n${run.stderr}`);
}

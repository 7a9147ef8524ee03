import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '../../core/cli/session.ts';
import { warnOfUnmatched } from '../../core/cli/unmatched-names.ts';

/** What is warned of where these containers are there; undefined is an engine that does not answer. */
async function warnings(names: readonly string[], containers: readonly string[] | undefined) {
  const warned: string[] = [];
  let asked = 0;
  const list = async () => {
    asked += 1;
    if (containers === undefined) throw new Error('unreachable');
    return containers.map((name) => ({ name }));
  };
  const parts = { engine: { list }, log: { warn: (line: string) => void warned.push(line) } };
  await warnOfUnmatched({ parts, loaded: { settings: { names } } } as unknown as Session);
  return { warned, asked };
}

test('a name to watch that no container has is warned of, with the nearest that there is', async () => {
  const { warned } = await warnings(['web', 'db-.*', 'histroy', 'grafna'], ['web', 'db-1', 'grafana']);
  assert.deepEqual(warned, [
    'no container is named histroy; one that comes later is watched.',
    'no container is named grafna; one that comes later is watched. Did you mean grafana?',
  ]);
});

test('without names, or without an engine, nothing is said of them', async () => {
  assert.deepEqual(await warnings([], ['web']), { warned: [], asked: 0 });
  assert.deepEqual((await warnings(['web'], undefined)).warned, []);
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defer, definePlugin, type Plugin, type Wiring, z } from 'belfry/plugin';
import { testPlugin } from 'belfry/testing';

const good = definePlugin({
  name: 'mine',
  apiVersion: 1,
  summary: 'Waits.',
  config: z.strictObject({ hours: z.int().default(3).describe('How long.') }),
  setup: ({ config }) => ({ beforeUpdate: () => defer(`${config.hours} hours`) }),
});
const cases = { valid: [{}, { hours: 5 }], invalid: [{ hours: 'x' }, { hour: 5 }] };
const wired = (wiring: Wiring | Plugin['setup']): Plugin => ({
  name: 'mine',
  apiVersion: 1,
  summary: 'Waits.',
  setup: typeof wiring === 'function' ? wiring : () => wiring,
});

/** What is said to be wrong, a line each. */
async function faultsOf<Config>(plugin: Plugin<Config>, given: object = {}): Promise<readonly string[]> {
  const error = await testPlugin(plugin, given).then(
    () => new Error(''),
    (thrown: Error) => thrown,
  );
  return error.message.split('\n- ').slice(1);
}

describe('the test that every plugin should pass', () => {
  test('says nothing where all is well', async () => {
    await testPlugin(good, cases);
    await testPlugin(wired({ on: { found: () => {} }, deliver: () => ({ outcome: 'sent' }), dispose: () => {} }));
  });

  test('lends what the plugin requires, or what the test gives instead', async () => {
    const curious = (requires: Plugin['requires']) => ({
      ...wired(({ state, logs, exec, registry, http }) => ({
        async checkHealth({ workload }) {
          await http({ method: 'GET', url: 'https://example.org' });
          if (!requires?.includes('state')) return;
          const seen = [await state(workload), await logs(workload, 5), await exec(workload, { argv: ['x'] })];
          await registry.blob('web:1', 'sha256:0');
          if (seen.length > 3) throw new Error('unheard of');
        },
      })),
      ...(requires === undefined ? {} : { requires }),
    });
    await testPlugin(curious(['state', 'logs', 'exec', 'registry']));
    const http = () => Promise.reject(new Error('offline'));
    assert.deepEqual(await faultsOf(curious(undefined), { http }), ['mine (checkHealth) failed: offline']);
  });

  test('names everything that is wrong with its shape and its words', async () => {
    assert.deepEqual(await faultsOf({ ...wired({}), name: 'Mine', summary: '' }), [
      'plugin "under test": its `name` is not a name in kebab-case',
      'plugin "under test": its `summary` is not a sentence',
    ]);
    assert.deepEqual(await faultsOf({ ...wired({}), summary: 'waits', labels: { wait: 'how long' } }), [
      'its `summary` is not a sentence',
      'wait is not a sentence',
    ]);
  });

  test('wants a description of each setting, however deep', async () => {
    const window = z.object({ from: z.string(), to: z.string().describe('Its end.') });
    const config = z.object({ windows: z.array(window).describe('When.'), zone: z.string().optional() });
    assert.deepEqual(await faultsOf({ ...wired({}), config }, { valid: [{ windows: [] }] }), [
      'its setting windows.from has no description: use .describe(…)',
      'its setting zone has no description: use .describe(…)',
    ]);
    const mute = { '~standard': { version: 1, vendor: 'mine', validate: (value: unknown) => ({ value }) } } as const;
    assert.deepEqual(await faultsOf({ ...wired({}), config: mute }, { valid: [{}] }), [
      'its `config` has no JSON Schema: give `configJsonSchema`',
    ]);
  });

  test('wants what is valid to be taken, and what is not to be refused', async () => {
    assert.deepEqual(await faultsOf(good, { valid: [{ hours: 'x' }], invalid: [{ hours: 5 }] }), [
      "with { hours: 'x' }: mine: hours: expected a number, not a text",
      'it takes { hours: 5 }, which it should refuse',
    ]);
    assert.deepEqual(await faultsOf(good), ['there is no configuration in `valid` to set it up with']);
  });

  test('wants answers of the right kind to every question, event and message, and a clean end', async () => {
    const fail = (what: string) => () => {
      throw new Error(what);
    };
    const wiring = {
      beforeUpdate: () => true,
      checkHealth: fail('no answer'),
      selectCleanup: () => undefined,
      on: { found: fail('deaf'), failed: () => {} },
      deliver: () => 'sent',
      dispose: fail('stuck'),
    } as unknown as Wiring;
    assert.deepEqual(await faultsOf(wired(wiring)), [
      "mine (beforeUpdate): it answered true; expected allow, veto, defer, undefined. Verdicts are made by functions of belfry/plugin: return allow(), veto('why') or defer('why')",
      'mine (checkHealth) failed: no answer',
      'mine (on found) failed: deaf',
      "mine (deliver): it answered 'sent'; expected an object such as { outcome: 'sent' }",
      "mine (deliver): it answered 'sent'; expected an object such as { outcome: 'sent' }",
      'warn  mine (dispose) failed: stuck',
    ]);
  });
});

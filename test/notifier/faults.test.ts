import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defineNotifier } from 'belfry/notifier';
import { type HttpRequest, z } from 'belfry/plugin';
import { createTestHost } from 'belfry/testing';
import { errorsOf } from '../../core/errors/app-error.ts';

const whole = {
  name: 'pager',
  summary: 'Pages people.',
  config: { url: z.url() },
  destination: () => 'example.org',
  budget: { unit: 'bytes', limit: 100 },
  request: (): HttpRequest => ({ method: 'GET', url: 'https://example.org' }),
} as const;

/** Everything that a notifier is refused with, where parts of it are others, or are taken away. */
async function refused(parts: object): Promise<readonly string[]> {
  const stated = Object.fromEntries(Object.entries({ ...whole, ...parts }).filter(([, value]) => value !== undefined));
  const plugin = defineNotifier(stated as unknown as typeof whole);
  const error = await createTestHost(plugin, { config: { url: 'https://example.org' } }).then(
    async (host) => void (await host.dispose()),
    (thrown: unknown) => thrown,
  );
  return error === undefined ? [] : errorsOf(error).map(({ code, message }) => `${code} ${message}`);
}

const about = 'plugin "the plugin under test":';

describe('a notifier', () => {
  test('that is whole is taken', async () => {
    assert.deepEqual(await refused({}), []);
    assert.deepEqual(await refused({ budget: () => ({ unit: 'bytes', limit: 1 }), pace: { burst: 1, every: 5 } }), []);
    assert.deepEqual(await refused({ request: undefined, send: async () => ({ outcome: 'sent' }) }), []);
  });

  for (const [what, parts, told] of [
    ['a slip', { prevew: 1 }, [`PLUGIN_FIELD_UNKNOWN ${about} it has a field prevew. Did you mean preview?`]],
    ['a setup', { setup: 1 }, [`PLUGIN_FIELD_UNKNOWN ${about} it has a field setup.`]],
    ['no budget', { budget: undefined }, [/^PLUGIN_INVALID .+: it has no `budget`: { unit, limit }/]],
    [
      'a budget in a unit that is none',
      { budget: { unit: 'byte', limit: 1 } },
      [/^PLUGIN_INVALID .+: its `budget` is not .+ characters, bytes or utf-16/],
    ],
    ['a budget of nothing', { budget: { unit: 'bytes', limit: 0 } }, [/^PLUGIN_INVALID .+: its `budget` is not/]],
    ['no destination', { destination: undefined }, [/^PLUGIN_INVALID .+: it has no `destination`: a function$/]],
    ['a destination that is none', { destination: 'example.org' }, [/^PLUGIN_INVALID .+: its `destination` is not a/]],
    ['no way to send', { request: undefined }, [/^PLUGIN_INVALID .+: it has neither `request` nor `send`/]],
    ['two ways to send', { send: () => {} }, [/^PLUGIN_INVALID .+: it has both `request` and `send`/]],
    ['a preview that is none', { preview: 1 }, [/^PLUGIN_INVALID .+: its `preview` is not a function or 'requests'$/]],
    ['settings that are none', { config: { url: 'text' } }, [/^PLUGIN_INVALID .+: its `config` is not an object of/]],
    [
      'a setting that every notifier has',
      { config: { url: z.url(), select: z.string() } },
      [/^PLUGIN_INVALID .+: its setting `select` is one that every notifier has/],
    ],
    [
      'several faults at once',
      { requst: whole.request, request: undefined, budget: undefined, name: 'Pager', pace: 3 },
      [
        /^PLUGIN_NAME_INVALID/,
        /`pace` is not a pair/,
        `PLUGIN_FIELD_UNKNOWN ${about} it has a field requst. Did you mean request?`,
        /no `budget`/,
        /neither `request` nor `send`/,
      ],
    ],
  ] as const) {
    test(`with ${what} is refused as it is loaded`, async () => {
      const said = await refused(parts);
      assert.equal(said.length, told.length, said.join('\n'));
      for (const [at, expected] of told.entries()) {
        if (typeof expected === 'string') assert.equal(said[at], expected);
        else assert.match(said[at] ?? '', expected);
      }
    });
  }
});

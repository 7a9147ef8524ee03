import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ownConfig } from '../../../core/cycle/settings/merge.ts';
import type { ContainerConfig, ImageDefaults } from '../../../core/engine/port.ts';
import { asked, imageDefaults } from './arbitrary.ts';
import { engineMerge } from './engine-merge.ts';

/** A container made from `asked` on an old image, and what becomes of it on a new one. */
function updated(given: ContainerConfig, before: ImageDefaults, after: ImageDefaults): ContainerConfig {
  const config = engineMerge(given, before);
  return engineMerge(ownConfig(config, before) as ContainerConfig, after);
}

const list = (value: readonly string[] | null | undefined) => value ?? [];
const isBlank = (value: unknown) => value === 0 || (Array.isArray(value) && value.length === 0);
const keyOf = (entry: string) => entry.split('=')[0];
const sorted = (value: readonly string[] | null | undefined) => list(value).toSorted();

/** In one form: `null` and nothing in a list or a check are the same, and the order of variables means nothing. */
function plain(config: ContainerConfig): object {
  const { Entrypoint, Cmd, Env, Healthcheck, ...rest } = config;
  return { ...rest, Entrypoint: list(Entrypoint), Cmd: list(Cmd), Env: sorted(Env), Healthcheck: { ...Healthcheck } };
}

/** Only containers that the engine would make: something must say what to run. */
const runnable = (given: ContainerConfig, image: ImageDefaults) => {
  const { Entrypoint, Cmd } = engineMerge(given, image);
  return list(Entrypoint).length + list(Cmd).length > 0;
};

describe('for any container and image', () => {
  test('a new container on the same image equals the old one', () => {
    fc.assert(
      fc.property(asked, imageDefaults, (given, image) => {
        fc.pre(runnable(given, image));
        assert.deepEqual(plain(updated(given, image, image)), plain(engineMerge(given, image)));
      }),
    );
  });

  test('FM39: what the user set to something else than the old image stays, whatever the new one says', () => {
    fc.assert(
      fc.property(asked, imageDefaults, imageDefaults, (given, before, after) => {
        fc.pre(runnable(given, before));
        const config = updated(given, before, after);
        const own = list(given.Env).filter((entry) => !list(before.Env).includes(entry));
        for (const entry of own) assert.ok(list(config.Env).includes(entry), entry);
        for (const field of ['Labels', 'Volumes', 'ExposedPorts'] as const) {
          const inherited = new Map(Object.entries(before[field] ?? {}));
          for (const [name, value] of Object.entries(given[field] ?? {})) {
            const isOwn = JSON.stringify(inherited.get(name)) !== JSON.stringify(value);
            if (isOwn) assert.deepEqual(new Map(Object.entries(config[field] ?? {})).get(name), value, name);
          }
        }
        for (const field of ['User', 'WorkingDir', 'StopSignal'] as const) {
          if (given[field] && given[field] !== before[field]) assert.equal(config[field], given[field]);
        }
        for (const [field, value] of Object.entries(given.Healthcheck ?? {})) {
          const inherited = new Map(Object.entries(before.Healthcheck ?? {})).get(field);
          if (isBlank(value) || JSON.stringify(value) === JSON.stringify(inherited)) continue;
          assert.deepEqual(new Map(Object.entries(config.Healthcheck ?? {})).get(field), value, field);
        }
        for (const field of ['Hostname', 'StopTimeout', 'Tty', 'FromTheFuture']) {
          assert.deepEqual(config[field], given[field], field);
        }
      }),
    );
  });

  test('FM40: what nobody set follows the new image, also where that no longer has it', () => {
    fc.assert(
      fc.property(asked, imageDefaults, imageDefaults, (given, before, after) => {
        fc.pre(runnable(given, before));
        const config = updated(given, before, after);
        const own = new Set(list(given.Env).map(keyOf));
        const free = (entry: string) => !own.has(keyOf(entry));
        assert.deepEqual(sorted(config.Env).filter(free), sorted(after.Env).filter(free));
        for (const field of ['Labels', 'Volumes', 'ExposedPorts'] as const) {
          const others = (entries: object | null | undefined) =>
            new Map(Object.entries(entries ?? {}).filter(([name]) => !Object.hasOwn(given[field] ?? {}, name)));
          assert.deepEqual(others(config[field]), others(after[field]), field);
        }
        for (const field of ['User', 'WorkingDir', 'StopSignal'] as const) {
          if (!given[field]) assert.equal(config[field] || '', after[field] || '', field);
        }
        if (!given.Healthcheck) assert.deepEqual(config.Healthcheck, after.Healthcheck);
      }),
    );
  });

  test('FM41: entrypoint and command follow the image or stay, by who set them', () => {
    fc.assert(
      fc.property(asked, imageDefaults, imageDefaults, (given, before, after) => {
        fc.pre(runnable(given, before));
        const was = engineMerge(given, before);
        const is = updated(given, before, after);
        const sameEntrypoint = same(was.Entrypoint, before.Entrypoint);
        const sameCommand = same(was.Cmd, before.Cmd);
        if (sameEntrypoint && sameCommand) {
          assert.deepEqual(list(is.Entrypoint), list(after.Entrypoint));
          assert.deepEqual(list(is.Cmd), list(after.Cmd));
          return;
        }
        assert.deepEqual(list(is.Cmd), list(was.Cmd));
        const entrypoint = sameEntrypoint && list(was.Cmd).length > 0 ? after.Entrypoint : was.Entrypoint;
        assert.deepEqual(list(is.Entrypoint), list(entrypoint));
      }),
    );
  });

  test('without the old image everything stays', () => {
    fc.assert(fc.property(asked, (given) => assert.deepEqual(ownConfig(given, null), given)));
  });
});

const same = (one: readonly string[] | null | undefined, other: readonly string[] | null | undefined) =>
  JSON.stringify(list(one)) === JSON.stringify(list(other));

describe('entrypoint and command', () => {
  const image = { Entrypoint: ['/entry'], Cmd: ['serve'] };
  const own = (Entrypoint: readonly string[] | null, Cmd: readonly string[] | null) => {
    const config = ownConfig({ Image: 'web:1', Entrypoint, Cmd }, image);
    return [config.Entrypoint, config.Cmd];
  };

  test('are both left to the image where both are its own', () => {
    assert.deepEqual(own(['/entry'], ['serve']), [null, null]);
  });

  test('stay both where the entrypoint is the user’s, even with the image’s command', () => {
    assert.deepEqual(own(['/mine'], ['serve']), [['/mine'], ['serve']]);
    assert.deepEqual(own(['/mine'], null), [['/mine'], null]);
    assert.deepEqual(own(['/mine'], []), [['/mine'], []]);
  });

  test('that was emptied is asked for as the engine wants it: one empty string', () => {
    assert.deepEqual(own(null, ['sh']), [[''], ['sh']]);
    assert.deepEqual(own([], ['sh']), [[''], ['sh']]);
  });

  test('keep the image’s entrypoint where it is what emptied the command', () => {
    assert.deepEqual(own(['/entry'], null), [['/entry'], null]);
  });

  test('are lists, never compared as one text', () => {
    assert.deepEqual(own(['/entry'], ['serve', '']), [null, ['serve', '']]);
    const spaced = ownConfig({ Image: 'web:1', Cmd: ['a b'], Entrypoint: null }, { Cmd: ['a', 'b'] });
    assert.deepEqual(spaced.Cmd, ['a b']);
  });
});

describe('a health check', () => {
  const test_ = ['CMD', 'curl'];
  const own = (given: object | null, inherited: object | null) =>
    ownConfig({ Image: 'web:1', Healthcheck: given }, { Healthcheck: inherited }).Healthcheck;

  test('FM42: of the image is left to the image', () => {
    assert.equal(own({ Test: test_, Interval: 5 }, { Test: test_, Interval: 5 }), undefined);
  });

  test('keeps only the terms that are the user’s', () => {
    assert.deepEqual(own({ Test: test_, Interval: 9 }, { Test: test_, Interval: 5 }), { Interval: 9 });
  });

  test('that the user turned off stays off', () => {
    assert.deepEqual(own({ Test: ['NONE'], Interval: 5 }, { Test: test_, Interval: 5 }), { Test: ['NONE'] });
  });
});

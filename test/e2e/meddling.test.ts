import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { ContainerDetails } from '../../core/engine/port.ts';
import { openScene, type Scene } from './scene.ts';

/** What somebody does by hand to the container that bears the name at that moment. */
const deeds = {
  removes: (scene: Scene, name: string) => scene.api('DELETE', `/containers/${name}?force=1`),
  renames: (scene: Scene, name: string) => scene.api('POST', `/containers/${name}/rename?name=${name}-mine`),
  makesAnew: async (scene: Scene, name: string) => {
    const { Config, HostConfig } = await scene.inspect(name);
    await scene.api('DELETE', `/containers/${name}?force=1`);
    await scene.api('POST', `/containers/create?name=${name}`, { ...Config, HostConfig });
    await scene.api('POST', `/containers/${name}/start`);
  },
} as const;
type Deed = keyof typeof deeds;

interface Moment {
  /** The call of each replacement before which it happens. */
  readonly before: RegExp;
  /** What bears a name that begins with the container's in the end. */
  readonly left: Readonly<Record<Deed, readonly string[]>>;
}

/** The original was in charge. */
const early = { removes: [], renames: ['-mine: the original'], makesAnew: [': theirs'] };
/** Its successor was, and nothing was said against that one but by somebody's own hand. */
const late = { removes: [': the original'], renames: ['-mine: the new one'], makesAnew: [': theirs'] };

const moments: Readonly<Record<string, Moment>> = {
  'before the new one is made': { before: /^POST \/containers\/create$/, left: early },
  'before the old one is stopped': { before: /^POST \/containers\/\w+\/stop$/, left: early },
  'before the old one is parked': { before: /^POST \/containers\/[\w.-]+\/rename$/, left: early },
  'before the new one is started': { before: /^POST \/containers\/\w+\/start$/, left: late },
  'before the old one loses its policy': { before: /^POST \/containers\/\w+\/update$/, left: late },
  'before the old one is removed': {
    before: /^DELETE \/containers\/\w+$/,
    left: { ...late, removes: [] },
  },
};

describe('what somebody does by hand to a container under way', { concurrency: 2 }, () => {
  for (const [when, { before, left }] of Object.entries(moments)) {
    test(`FM14, FM15: ${when} stays as they made it, and the others go on`, async (t) => {
      const { scene, names, other, run } = await meddle(t, before);
      assert.equal(run.item(other).state, 'recreated', run.stderr);
      assert.deepEqual(await remains(scene, names), left);
      const next = await scene.belfry('update');
      const blamed = next.report.items.filter(
        ({ outcome, problem }) => outcome === 'down' || problem?.code === 'DIGEST_REJECTED',
      );
      assert.deepEqual(blamed, []);
    });
  }

  test('FM9, FM15: while the new one is being proven says nothing against the image', async (t) => {
    const { scene, names, run } = await meddle(t, /^GET \/containers\/\w+\/json$/, /^POST \/containers\/\w+\/update$/);
    assert.deepEqual(await remains(scene, names), late, run.stdout);
    const next = await scene.belfry('update');
    const rejected = next.report.items.filter(({ problem }) => problem?.code === 'DIGEST_REJECTED');
    assert.deepEqual(rejected, []);
  });
});

type Names = Readonly<Record<Deed, { readonly name: string; readonly original: ContainerDetails }>>;

/** One container for each deed, which is done once in its replacement, and one that is let alone; all are behind. */
async function meddle(t: TestContext, moment: RegExp, once = /^POST \/containers\/create$/) {
  const scene = await openScene(t);
  const shorts: Readonly<Record<Deed, string>> = { removes: 'a', renames: 'b', makesAnew: 'c' };
  const entries = await Promise.all(
    Object.entries(shorts).map(async ([deed, short]) => {
      const name = await scene.deploy(short);
      return [deed, { name, original: await scene.inspect(name) }] as const;
    }),
  );
  const names = Object.fromEntries(entries) as Names;
  const other = await scene.deploy('d');
  for (const short of [...Object.values(shorts), 'd']) await scene.release(short, '2');

  const open = new Set<string>(entries.map(([, { name }]) => name));
  let current = '';
  let due = false;
  scene.engine.setFault(async ({ method, path, query }) => {
    const call = `${method} ${path}`;
    if (path === '/containers/create') {
      current = query.get('name')?.replace('.belfry-new', '') ?? '';
      due = false;
    }
    if (once.test(call)) due = true;
    if (!due || !moment.test(call) || !open.delete(current)) return undefined;
    due = false;
    const [deed] = entries.find(([, { name }]) => name === current) ?? [];
    if (deed !== undefined) await deeds[deed as Deed](scene, current);
    return undefined;
  });
  const run = await scene.belfry('update');
  assert.deepEqual([...open], [], 'every deed was done');
  scene.engine.setFault(() => undefined);
  await scene.belfry('recover');
  return { scene, names, other, run };
}

/** Of each container, what is there in the end, running: the original, the one Belfry made, or theirs. */
async function remains(scene: Scene, names: Names): Promise<Readonly<Record<string, readonly string[]>>> {
  const all = await scene.containers();
  const entries = Object.entries(names).map(async ([deed, { name, original }]) => {
    const own = all.filter((one) => one === name || one.startsWith(`${name}-`) || one.startsWith(`${name}.`));
    const found = await Promise.all(own.map(scene.inspect));
    return [deed, found.map((details) => described(details, { name, original, deed }))] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function described(
  { Id, Name, State }: ContainerDetails,
  { name, original, deed }: { readonly name: string; readonly original: ContainerDetails; readonly deed: string },
): string {
  const made = deed === 'makesAnew' ? 'theirs' : 'the new one';
  const who = Id === original.Id ? 'the original' : made;
  return `${Name.slice(name.length + 1)}: ${who}${State.Running ? '' : ', stopped'}`;
}

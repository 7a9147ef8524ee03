import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Bump, Plan } from 'belfry/plugin';
import { createTestHost, samplePlan, sampleVersion, sampleWorkload } from 'belfry/testing';
import policy from '../../plugins/policy/index.ts';

interface Of {
  readonly config?: object;
  readonly label?: string;
  readonly image?: string;
  readonly name?: string;
  readonly versions?: readonly [string | null, string | null];
  readonly approved?: 'approved' | 'denied';
}

/** The reason for which it refuses an update; undefined where it does not. */
async function refusal(bump: Bump, of: Of = {}): Promise<string | undefined> {
  const { config, label, image = 'web:latest', name = 'web', versions = [null, null], approved } = of;
  const [from, to] = versions;
  const plan: Plan = samplePlan({
    bump,
    workload: sampleWorkload({ name, image }),
    from: sampleVersion({ reference: image, version: from }),
    to: sampleVersion({ reference: image, version: to }),
    labels: label === undefined ? {} : { 'belfry.policy': label },
    approval: approved === undefined ? null : { verdict: approved, time: '2026-01-01T00:00:00.000Z' },
  });
  const host = await createTestHost(policy, config === undefined ? {} : { config });
  const said = await host.ask('beforeUpdate', plan);
  if (said === undefined) return undefined;
  assert.equal(said.verdict, 'veto');
  return 'reason' in said ? said.reason : undefined;
}

const bumps: readonly Bump[] = ['digest', 'patch', 'minor', 'major', 'unknown'];
/** The steps that are refused. */
async function refused(of: Of): Promise<readonly Bump[]> {
  const asked = await Promise.all(bumps.map(async (bump) => [bump, await refusal(bump, of)] as const));
  return asked.flatMap(([bump, reason]) => (reason === undefined ? [] : bump));
}

describe('without configuration', () => {
  test('every step of an ordinary image is allowed', async () => {
    assert.deepEqual(await refused({}), []);
  });

  test('FM70: a major version of a database is only reported', async () => {
    assert.equal(
      await refusal('major', { image: 'postgres:latest', versions: ['16.4', '17.0'] }),
      'a new major version of postgres, which keeps data, is only reported',
    );
    assert.deepEqual(await refused({ image: 'postgres:16' }), ['major']);
  });

  test('where the versions of a database are unknown, it may be major unless its tag says otherwise', async () => {
    assert.equal(
      await refusal('unknown', { image: 'postgres', versions: [null, null] }),
      'what may be a new major version (its versions are unknown) of postgres, which keeps data, is only reported',
    );
    assert.equal(
      await refusal('unknown', { image: 'postgres:alpine', versions: [null, 'nightly'] }),
      'what may be a new major version (its versions are unknown and nightly) of postgres, which keeps data, is only reported',
    );
    for (const tag of ['16', '16-alpine', 'v16', '16.4', '16.4.1-bookworm', '2026-01']) {
      assert.equal(await refusal('unknown', { image: `postgres:${tag}` }), undefined, tag);
    }
    for (const tag of ['latest', 'alpine', 'alpine3.19', '7f3a9c', 'stable-16']) {
      assert.notEqual(await refusal('unknown', { image: `postgres:${tag}` }), undefined, tag);
    }
  });

  const databases = [
    'docker.io/library/postgres:17',
    'bitnami/postgresql',
    'ghcr.io/immich-app/postgres:14-vectorchord@sha256:00',
    'mysql',
    'lscr.io/linuxserver/mariadb:latest',
    'mongo:8',
    'registry.example.org:5000/redis',
    'docker.elastic.co/elasticsearch/elasticsearch:9.0.0',
    'mcr.microsoft.com/mssql/server:2022-latest',
  ];
  const others = [
    'web',
    'acme/postgres-exporter',
    'postgres.example.org/web',
    'mongo-express',
    'server',
    'acme/mypostgres',
  ];
  test('what is a database shows in the end of its name', async () => {
    for (const image of databases) assert.notEqual(await refusal('major', { image }), undefined, image);
    for (const image of others) assert.equal(await refusal('major', { image }), undefined, image);
  });
});

describe('the label', () => {
  const cases: readonly (readonly [string, readonly Bump[]])[] = [
    ['major', []],
    ['minor', ['major', 'unknown']],
    ['patch', ['minor', 'major', 'unknown']],
    ['digest', ['patch', 'minor', 'major', 'unknown']],
    ['hold', ['digest', 'patch', 'minor', 'major', 'unknown']],
    ['notify', ['digest', 'patch', 'minor', 'major', 'unknown']],
    ['allow', []],
    ['major=hold', ['major', 'unknown']],
    [' Major=Hold , minor=notify,unknown=allow', ['minor', 'major']],
    ['unknown=hold', ['unknown']],
    ['digest=hold', ['digest']],
    ['', []],
  ];
  for (const [label, expected] of cases) {
    test(`"${label}" refuses ${expected.join(', ') || 'nothing'}`, async () => {
      assert.deepEqual(await refused({ label }), expected);
    });
  }

  test('refuses with its own name', async () => {
    const versions = ['1.0', '1.1'] as const;
    assert.equal(
      await refusal('minor', { label: 'patch', versions }),
      'a new minor version is only reported, by its label belfry.policy',
    );
    assert.equal(
      await refusal('digest', { label: 'hold', versions }),
      'a rebuild of the same version is held back, by its label belfry.policy',
    );
    assert.equal(
      await refusal('unknown', { label: 'digest', image: 'web:1.2' }),
      'what may be a new patch version (its versions are unknown) is only reported, by its label belfry.policy',
    );
  });

  test('wins over rule, default and what is known of databases', async () => {
    const config = { default: 'digest', rules: [{ containers: ['.*'], policy: 'hold' }] };
    assert.deepEqual(await refused({ config, label: 'major', image: 'postgres' }), []);
    assert.deepEqual(await refused({ label: 'minor=hold', image: 'postgres:16' }), ['minor', 'major', 'unknown']);
  });

  test('that cannot be understood vetoes everything', async () => {
    for (const label of ['mayor', 'major=no', 'major=hold=x', 'minor,major=hold', '=']) {
      const expected = `its label belfry.policy=${label} is none of digest, patch, minor, major, allow, notify, hold, or such as major=hold,minor=allow`;
      assert.equal(await refusal('digest', { label }), expected);
    }
  });
});

describe('the configuration', () => {
  test('has a default for all, which does not loosen what holds for databases', async () => {
    assert.deepEqual(await refused({ config: { default: 'minor' } }), ['major', 'unknown']);
    assert.deepEqual(await refused({ config: { default: 'major' }, image: 'redis' }), ['major', 'unknown']);
    assert.equal(
      await refusal('major', { config: { default: 'major=hold' }, image: 'redis' }),
      'a new major version of redis, which keeps data, is held back, by the policy',
    );
  });

  const rules = [
    { containers: ['web', 'api-.*'], policy: 'patch' },
    { images: ['ghcr.io/acme/.*', 'nginx'], policy: 'minor=hold' },
    { containers: ['db'], images: ['postgres:16'], policy: 'major' },
  ];
  const cases: readonly (readonly [string, Of, readonly Bump[]])[] = [
    ['a name', { name: 'web' }, ['minor', 'major', 'unknown']],
    ['a pattern of the whole name', { name: 'api-2' }, ['minor', 'major', 'unknown']],
    ['not a part of a name', { name: 'web-2' }, []],
    ['an image without its tag', { name: 'x', image: 'nginx:1' }, ['minor', 'unknown']],
    ['an image with its tag', { name: 'db', image: 'postgres:16' }, []],
    ['a pattern of images', { name: 'x', image: 'ghcr.io/acme/app:2' }, ['minor', 'unknown']],
    ['the first that fits', { name: 'web', image: 'nginx:1.2' }, ['minor', 'major']],
    ['both where it has both', { name: 'db', image: 'postgres:15' }, ['major']],
  ];
  for (const [what, of, expected] of cases) {
    test(`has rules by ${what}`, async () => {
      assert.deepEqual(await refused({ ...of, config: { rules } }), expected);
    });
  }

  test('names more images that keep data', async () => {
    const config = { stateful: ['acme/ledger'] };
    assert.deepEqual(await refused({ config, image: 'r.example.org/acme/ledger:latest' }), ['major', 'unknown']);
    assert.deepEqual(await refused({ config, image: 'other/ledger' }), []);
    assert.notDeepEqual(await refused({ config, image: 'postgres' }), []);
  });

  test('that cannot be used is refused, all of it at once', async () => {
    const config = {
      default: 'mayor',
      rules: [{ policy: 'minor' }, { containers: ['(a+)+', '['], policy: 'x' }],
    };
    const error = await createTestHost(policy, { config }).catch((thrown: unknown) => thrown);
    assert.deepEqual(String(error).split('\n').length, 5, String(error));
    assert.match(String(error), /default: "mayor" is none of digest, patch/);
    assert.match(String(error), /rules\.0: a rule needs `containers` or `images`/);
    assert.match(String(error), /rules\.1: the pattern \(a\+\)\+ repeats a group/);
    const slip = await createTestHost(policy, { config: { rule: [] } }).catch((thrown: unknown) => thrown);
    assert.match(String(slip), /there is no key rule here\. Did you mean rules\?/);
  });
});

test('an approval of this very image lets through what is only reported, and not what is held back', async () => {
  const image = 'postgres';
  assert.equal(await refusal('major', { image, approved: 'approved' }), undefined);
  assert.notEqual(await refusal('major', { image, approved: 'denied' }), undefined);
  assert.notEqual(await refusal('major', { label: 'major=hold', approved: 'approved' }), undefined);
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { changesSeries, statedVersion } from '../../core/cycle/stated-version.ts';
import { bumpOf, localVersion } from '../../core/cycle/version.ts';

const oci = 'org.opencontainers.image';

describe('the version that an image states', () => {
  test('is that of its label, whatever its variables say', () => {
    const image = { Labels: { [`${oci}.version`]: '1.2.3' }, Env: ['WEB_VERSION=9', 'PG_VERSION=16'] };
    assert.equal(statedVersion('acme/web:1', image), '1.2.3');
    assert.equal(statedVersion('web', { Labels: { 'org.label-schema.version': '4.5' } }), '4.5');
  });

  const variables: readonly (readonly [string, string, string | null])[] = [
    ['postgres:latest', 'PG_VERSION=16.1-1.pgdg120+1', '16.1'],
    ['postgres:17', 'PG_VERSION=17~beta3-1.pgdg120+1', '17-beta3'],
    ['docker.io/library/redis:7', 'REDIS_VERSION=7.2.3', '7.2.3'],
    ['mariadb', 'MARIADB_VERSION=1:10.11.6+maria~ubu2204', '10.11.6'],
    ['mysql:8', 'MYSQL_VERSION=8.0.35-1.el8', '8.0.35'],
    ['mongo@sha256:00', 'MONGO_VERSION=8.0.0-rc1', '8.0.0-rc1'],
    ['r.example:5000/team/my-app', 'MY_APP_VERSION=v2.0', 'v2.0'],
    ['immich-app/pgvecto', 'PG_VERSION=14.9', '14.9'],
    // The base of a program says nothing about the program.
    ['acme/web', 'NODE_VERSION=20.1.0', null],
    ['redis', 'REDIS_VERSION=stable', null],
    ['redis', 'REDIS_VERSION=', null],
    ['redis', 'XREDIS_VERSION=1', null],
  ];
  for (const [reference, line, version] of variables) {
    test(`of ${reference} with ${line} is ${version}`, () => {
      assert.equal(statedVersion(reference, { Env: ['PATH=/bin', line] }), version);
    });
  }

  test('is not the one of Ubuntu, where an image merely inherits its label', () => {
    const Labels = { [`${oci}.ref.name`]: 'ubuntu', [`${oci}.version`]: '22.04' };
    assert.equal(statedVersion('mongo:latest', { Labels, Env: ['MONGO_VERSION=7.0.4'] }), '7.0.4');
    assert.equal(statedVersion('acme/web', { Labels }), null);
    assert.equal(statedVersion('ubuntu', { Labels }), '22.04');
  });

  test('is unknown where nothing is said', () => {
    for (const image of [null, undefined, {}, { Labels: null, Env: null }, { Env: 'PG_VERSION=1' }, { Env: [7] }]) {
      assert.equal(statedVersion('postgres', image), null);
    }
  });
});

describe('the step between two images', () => {
  const image = (...Env: readonly string[]) => ({
    Id: 'sha256:1',
    Os: 'linux',
    Architecture: 'amd64',
    Config: { Env },
  });
  const bump = (reference: string, from: readonly string[], to: readonly string[]) => {
    const [before, after] = [image(...from), image(...to)];
    const versions = [before, after].map((one) => localVersion(reference, one, null)) as [never, never];
    return bumpOf(...versions, { from: before.Config, to: after.Config });
  };

  test('FM70: is major where a database’s own variable says so, also under latest', () => {
    assert.equal(bump('postgres:latest', ['PG_VERSION=16.4-1.pgdg120+1'], ['PG_VERSION=17.0-1.pgdg120+1']), 'major');
    assert.equal(bump('postgres:latest', ['PG_VERSION=16.3'], ['PG_VERSION=16.4']), 'minor');
  });

  test('is major where the series changes, whatever the numbers look like', () => {
    const mysql = (series: string, version: string) => [`MYSQL_MAJOR=${series}`, `MYSQL_VERSION=${version}`];
    assert.equal(bump('mysql', mysql('8.0', '8.0.35-1.el8'), mysql('8.4', '8.4.0-1.el9')), 'major');
    assert.equal(bump('mysql', mysql('innovation', '9.0.1'), mysql('innovation', '9.1.0')), 'minor');
    const postgis = (major: string, version: string) => [`PG_MAJOR=${major}`, `POSTGIS_VERSION=${version}`];
    assert.equal(bump('postgis/postgis', postgis('16', '3.4.2+dfsg'), postgis('17', '3.4.2+dfsg')), 'major');
    assert.equal(changesSeries('postgres', { Env: ['PG_MAJOR=16'] }, { Env: [] }), false);
  });
});

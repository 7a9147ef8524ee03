import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { hasCode } from '../../core/errors/app-error.ts';
import type { Code } from '../../core/errors/catalogue.ts';
import { createCredentials, serverAddress } from '../../core/registry/credentials.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const canary = 'hunter2';

describe('credentials', () => {
  let folder: string;
  let env: Record<string, string>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'belfry-credentials-'));
    env = { DOCKER_CONFIG: folder, HOME: folder, PATH: `${folder}:${process.env.PATH}` };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (config: unknown) =>
    writeFileSync(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  const helper = (name: string, script: string) =>
    writeFileSync(join(folder, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const store = (registries = {}, helperTimeoutMs = 10_000) => createCredentials({ registries, env, helperTimeoutMs });
  const find = async (host: string, registries = {}) => {
    const found = await store(registries).of(host);
    if (found === undefined) return undefined;
    return 'identityToken' in found ? found.identityToken : `${found.username}:${found.password}`;
  };
  const failsWith = (code: Code) => (error: unknown) => hasCode(error, code) && !JSON.stringify(error).includes(canary);

  test('are none where nothing is configured', async () => {
    assert.equal(await find('ghcr.io'), undefined);
  });

  test('are read from Docker’s config.json in each of its forms', async () => {
    write({
      auths: {
        'a.example': { auth: base64('ann:pass:with:colons') },
        'b.example:5000': { username: 'bob', password: 'p' },
        'https://c.example/v2/': { auth: base64('cy:p') },
        'd.example': { auth: base64('<token>:'), identitytoken: 'refresh' },
        'e.example': {},
      },
    });
    assert.equal(await find('a.example'), 'ann:pass:with:colons');
    assert.equal(await find('b.example:5000'), 'bob:p');
    assert.equal(await find('b.example'), undefined);
    assert.equal(await find('c.example'), 'cy:p');
    assert.equal(await find('d.example'), 'refresh');
    assert.equal(await find('e.example'), undefined);
  });

  for (const key of [
    'https://index.docker.io/v1/',
    'index.docker.io',
    'docker.io',
    'registry-1.docker.io',
    'https://docker.io',
  ]) {
    test(`FM68: Docker Hub’s are found under ${key}`, async () => {
      write({ auths: { [key]: { auth: base64('ann:p') } } });
      for (const host of ['docker.io', 'registry-1.docker.io', 'index.docker.io'])
        assert.equal(await find(host), 'ann:p');
    });
  }

  test('are found in ~/.docker where DOCKER_CONFIG is not set', async () => {
    mkdirSync(join(folder, '.docker'));
    writeFileSync(join(folder, '.docker/config.json'), JSON.stringify({ auths: { a: { auth: base64('ann:p') } } }));
    env = { HOME: folder };
    assert.equal(await find('a'), 'ann:p');
  });

  test('come from the settings first, then config.json, then REPO_USER and REPO_PASS', async () => {
    env.REPO_USER = 'repo';
    env.REPO_PASS = 'pass';
    write({ auths: { 'a.example': { auth: base64('file:p') }, 'b.example': { auth: base64('file:p') } } });
    const registries = { 'a.example': { username: 'own', password: 'p' }, 'b.example': { insecure: true } };
    assert.equal(await find('a.example', registries), 'own:p');
    assert.equal(await find('b.example', registries), 'file:p');
    assert.equal(await find('c.example', registries), 'repo:pass');
    assert.equal((await store().of('c.example'))?.shared, true);
    delete env.REPO_PASS;
    assert.equal(await find('c.example'), undefined);
  });

  test('FM68: a helper is asked for its host, the store for all others', async () => {
    helper('one', `read server; echo "{\\"Username\\":\\"one\\",\\"Secret\\":\\"$server\\"}"`);
    helper('all', `read server; echo "{\\"Username\\":\\"<token>\\",\\"Secret\\":\\"$server\\"}"`);
    write({ credHelpers: { 'a.example': 'one' }, credsStore: 'all' });
    assert.equal(await find('a.example'), 'one:a.example');
    assert.equal(await find('b.example'), 'b.example');
    assert.equal(await find('docker.io'), 'https://index.docker.io/v1/');
  });

  test('are none where the helper has none', async () => {
    helper('empty', 'echo "credentials not found in native keychain"; exit 1');
    write({ credsStore: 'empty' });
    assert.equal(await find('a.example'), undefined);
  });

  const broken: readonly (readonly [string, string, RegExp])[] = [
    ['missing', '', /not on the PATH/],
    ['failing', `echo ${canary}; echo ${canary} >&2; exit 3`, /exit code 3/],
    ['babbling', `echo ${canary}`, /not JSON/],
    ['short', `echo '{"Username":"${canary}"}'`, /lacks a field/],
    ['slow', 'sleep 20', /in time/],
    ['../evil', '', /malformed/],
  ];
  for (const [name, script, message] of broken) {
    test(`FM68: the helper ${name} fails with its own code and without its words`, async () => {
      if (script !== '') helper(name, script);
      write({ credsStore: name });
      const search = store({}, name === 'slow' ? 200 : 10_000).of('a.example');
      await assert.rejects(search, failsWith('CREDENTIALS_HELPER_FAILED'));
      await assert.rejects(search, message);
    });
  }

  const malformed: readonly (readonly [string, unknown])[] = [
    ['text', `{"auths": {"a.example": {"auth": "${canary}" oops`],
    ['a list', [canary]],
    ['auths of another kind', { auths: canary }],
    ['an entry of another kind', { auths: { 'a.example': canary } }],
    ['an entry without a colon', { auths: { 'a.example': { auth: base64(canary) } } }],
  ];
  for (const [kind, config] of malformed) {
    test(`FM68: a config.json that is ${kind} is CREDENTIALS_INVALID, without its secrets`, async () => {
      write(config);
      await assert.rejects(store().of('a.example'), failsWith('CREDENTIALS_INVALID'));
      await assert.rejects(store().of('a.example'), (error: Error) => !error.message.includes(canary));
    });
  }

  test('a folder mounted in place of config.json is told', async () => {
    mkdirSync(join(folder, 'config.json'));
    await assert.rejects(store().of('a.example'), /it is a folder/);
  });

  test('a malformed entry spoils no other host', async () => {
    write({ auths: { 'a.example': { auth: '!' }, 'b.example': { auth: base64('bob:p') } } });
    assert.equal(await find('b.example'), 'bob:p');
  });

  test('FM68: are read again after they were forgotten, and not before', async () => {
    const credentials = store();
    write({ auths: { a: { auth: base64('ann:old') } } });
    const before = await credentials.of('a');
    write({ auths: { a: { auth: base64('ann:new') } } });
    assert.equal(await credentials.of('a'), before);
    credentials.forget();
    assert.deepEqual(await credentials.of('a'), {
      username: 'ann',
      password: 'new',
      source: join(folder, 'config.json'),
      shared: false,
    });
  });

  test('go to the engine with the address Docker’s tools use', () => {
    assert.equal(serverAddress('registry-1.docker.io'), 'https://index.docker.io/v1/');
    assert.equal(serverAddress('ghcr.io'), 'ghcr.io');
  });
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { resolveSecrets } from '../../core/config/secrets.ts';

describe('references in the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'belfry-secrets-'));
  after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'token'), 'from a file\n');
  const places = { environment: { TOKEN: 'from the environment', EMPTY: '' }, folder, origin: 'belfry.json' };

  test('are replaced at any depth, several to a string, and remembered as secrets', () => {
    const content = { a: [{ b: `x \${env:TOKEN} y \${file:token} z` }], n: 1, none: null };
    const { content: resolved, secrets, problems } = resolveSecrets(content, places);
    assert.deepEqual(resolved, { a: [{ b: 'x from the environment y from a file z' }], n: 1, none: null });
    assert.deepEqual(secrets, ['from the environment', 'from a file']);
    assert.deepEqual(problems, []);
  });

  test('are left as they are after $${, and so is any other use of ${', () => {
    const content = { escaped: `$\${env:TOKEN}`, template: `\${name}` };
    assert.deepEqual(resolveSecrets(content, places).content, { escaped: `\${env:TOKEN}`, template: `\${name}` });
  });

  test('to what is not set, empty or absent are all reported, with their place', () => {
    const content = { a: `\${env:ABSENT}`, b: { c: `\${env:EMPTY}` }, d: [`\${file:absent}`] };
    const { problems } = resolveSecrets(content, places);
    assert.deepEqual(
      problems.map(({ code, message }) => `${code} ${message}`),
      [
        'SECRET_MISSING belfry.json: a: the variable ABSENT is not set.',
        'SECRET_MISSING belfry.json: b.c: the variable EMPTY is not set.',
        'SECRET_MISSING belfry.json: d.0: the file absent is empty or cannot be read.',
      ],
    );
  });

  test('never reach an inherited property', () => {
    const content = JSON.parse(`{"__proto__": {"polluted": "\${env:TOKEN}"}}`);
    const resolved = resolveSecrets(content, places).content as object;
    assert.equal('polluted' in {}, false);
    assert.deepEqual(Object.keys(resolved), ['__proto__']);
  });
});

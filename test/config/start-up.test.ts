import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const load = fileURLToPath(new URL('../../core/config/load.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'belfry-start-up-'));
after(() => rmSync(folder, { recursive: true }));

/** The packages that loading the settings imports, as the module loader sees them. */
function importsWith(env: Record<string, string>): readonly string[] {
  const hook = `import { writeSync } from 'node:fs'; export function resolve(specifier, context, next) {
    if (/^(zod|yaml|croner)$/.test(specifier)) writeSync(1, specifier + '\\n');
    return next(specifier, context);
  }`;
  const register = `import { register } from 'node:module'; register('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(hook))});`;
  const script = `
    const { loadSettings } = await import(${JSON.stringify(pathToFileURL(load).href)});
    await loadSettings({ flags: { given: [], foreign: [] }, env: ${JSON.stringify(env)}, cwd: ${JSON.stringify(folder)} });`;
  const args = ['--import', 'tsx', '--import', `data:text/javascript,${encodeURIComponent(register)}`];
  const printed = execFileSync(process.execPath, [...args, '--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  return [...new Set(printed.split('\n').filter(Boolean))];
}

describe('loading settings', () => {
  test('imports nothing heavy where there is neither file nor schedule', () => {
    assert.deepEqual(importsWith({}), []);
  });

  test('imports croner for a schedule', () => {
    assert.deepEqual(importsWith({ BELFRY_SCHEDULE: '0 4 * * *' }), ['croner']);
  });

  test('imports yaml for a YAML file', () => {
    writeFileSync(join(folder, 'some.yaml'), 'interval: 1h\n');
    assert.deepEqual(importsWith({ BELFRY_CONFIG: 'some.yaml' }), ['yaml', 'zod']);
  });
});

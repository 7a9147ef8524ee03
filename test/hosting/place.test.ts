import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { briefly, foreignPlace } from '../../core/hosting/place.ts';

const own = fileURLToPath(new URL('../../core/host.ts', import.meta.url));

describe('the place of foreign code in a stack', () => {
  for (const [what, line, place] of [
    ['a file', '    at setup (file:///etc/belfry/gate.mjs:3:7)', 'gate.mjs:3'],
    ['the top of a file', '    at file:///etc/belfry/gate.mjs:12:1', 'gate.mjs:12'],
    ['one that was loaded anew', '    at async setup (file:///etc/belfry/gate.mjs?belfry=2:3:7)', 'gate.mjs:3'],
    ['TypeScript', '    at Object.beforeUpdate (/etc/belfry/my plugins/gate.mts:5:9)', 'gate.mts:5'],
    ['a path with spaces', '    at setup (file:///etc/my%20plugins/a%20gate.mjs:3:7)', 'a gate.mjs:3'],
    ['a package', '    at new Gate (/srv/node_modules/@acme/gate/lib/main.js:1:1)', 'main.js:1'],
    ['Node', '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)', undefined],
    ['Belfry itself', `    at openHost (file://${own}:3:7)`, undefined],
  ] as const) {
    test(what, () => {
      const found = foreignPlace(
        `Error: x\n    at isolate (file://${own}:1:1)\n${line}\n    at x (file:///other.mjs:1:1)`,
      );
      const expected = place ?? 'other.mjs:1';
      assert.equal(found === undefined ? undefined : briefly(found), expected);
    });
  }

  test('is nowhere in what is no stack', () => {
    for (const stack of [undefined, 7, '', 'Error: x', `Error: x\n    at y (file://${own}:1:1)`]) {
      assert.equal(foreignPlace(stack), undefined);
    }
  });
});

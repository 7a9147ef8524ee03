import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parked, type Role, suffixes } from '../../../core/cycle/replacement/names.ts';

describe('a parking name', () => {
  test('tells the workload and the part, whatever the workload is called', () => {
    const roles = fc.constantFrom(...(Object.keys(suffixes) as Role[]));
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,20}$/), roles, (name, role) => {
        assert.deepEqual(parked(name + suffixes[role]), { name, role });
      }),
    );
  });

  test('is none that only looks like one', () => {
    for (const name of ['web', 'web.belfry', 'web.belfry-newer', 'belfry-old', 'web-belfry-old', 'web.belfry-old.1']) {
      assert.equal(parked(name), undefined, name);
    }
  });
});

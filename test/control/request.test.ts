import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRequest } from '../../core/control/request.ts';

const update = { schema: 1, command: 'update', names: [] };

test('a request is taken as it was written', () => {
  const requests = [
    { schema: 1, command: 'ping' },
    { ...update, names: ['web'], dryRun: true, force: false },
    { schema: 1, command: 'rollback', name: 'web', force: true },
    { schema: 1, command: 'recover' },
    { schema: 1, command: 'notify', order: 'snooze', instance: 'ops', until: '2026-08-22T12:00:00Z' },
    { schema: 1, command: 'notify', order: 'retry', instance: 'ops', message: 'msg_1', covers: [3, 4] },
    { schema: 1, command: 'approve', name: 'web' },
    { schema: 1, command: 'deny', name: 'web' },
  ];
  for (const request of requests) assert.deepEqual(readRequest(JSON.stringify(request)), request);
});

test('a wrong request is refused with the field that is wrong', () => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [null, /not an object/],
    [[], /^schema: expected 1/],
    [{ ...update, schema: '1' }, /^schema: expected 1/],
    [{ ...update, command: 'toString' }, /^command: expected one of ping, update, rollback, recover, approve, deny/],
    [{ ...update, command: ['update'] }, /^command: expected one of/],
    [{ schema: 1, command: 'update' }, /^names: expected a list of texts/],
    [{ ...update, names: [1] }, /^names: expected a list of texts/],
    [{ ...update, force: 'yes' }, /^force: expected true or false/],
    [{ schema: 1, command: 'rollback' }, /^name: expected a text/],
    [{ schema: 1, command: 'notify', order: 'shout', instance: 'ops' }, /^order: expected one of test, retry/],
    [{ schema: 1, command: 'notify', order: 'retry', instance: 'ops', covers: ['1'] }, /^covers: expected a list of/],
    [{ schema: 1, command: 'notify', order: 'snooze', instance: 'ops', until: 'soon' }, /^until: expected a time/],
    [{ schema: 1, command: 'approve' }, /^name: expected a text/],
    [{ ...update, name: 'x' }, /^name: update has no such field/],
    [JSON.parse('{"schema":1,"command":"ping","__proto__":{}}'), /^__proto__: ping has no such field/],
  ];
  for (const [request, message] of wrong) {
    assert.throws(() => readRequest(JSON.stringify(request)), { code: 'CONTROL_REQUEST_INVALID', message });
  }
  assert.throws(() => readRequest('{'), { code: 'CONTROL_REQUEST_INVALID', message: /not JSON/ });
});

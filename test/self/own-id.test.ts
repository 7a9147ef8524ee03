import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { idIn, mayBeOwn } from '../../core/self/own-id.ts';

const id = 'ab12'.repeat(16);

describe('FM76: the container this process runs in', () => {
  test('is told from the mounts that the engine made for it', () => {
    const docker = `700 690 8:1 /var/lib/docker/containers/${id}/hostname /etc/hostname rw - ext4 /dev/sda1 rw`;
    const podman = `700 690 0:40 /containers/overlay-containers/${id}/userdata/hosts /etc/hosts rw - tmpfs tmpfs rw`;
    assert.equal(idIn(docker), id);
    assert.equal(idIn(podman), id);
    assert.equal(idIn('22 1 8:1 / / rw - ext4 /dev/sda1 rw'), null);
  });

  test('is never one that bears another id', () => {
    assert.equal(mayBeOwn({ id, networkMode: 'bridge' }, id), true);
    assert.equal(mayBeOwn({ id: 'cd34'.repeat(16), networkMode: 'bridge' }, id), false);
    assert.equal(mayBeOwn({ id, networkMode: 'bridge' }, null), false);
  });

  test('may be any that share a network, since the mounts name one of them alone', () => {
    assert.equal(mayBeOwn({ id: 'cd34'.repeat(16), networkMode: `container:${id}` }, id), true);
  });
});

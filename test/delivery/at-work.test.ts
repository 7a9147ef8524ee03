import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { replacedNow } from '../../core/delivery/at-work.ts';
import type { BelfryEvent } from '../../core/events.ts';
import { memoryJournal } from '../../core/journal/memory-journal.ts';
import { fact, intent, say } from '../journal/sample.ts';
import { createPost, minute, updated } from './post.ts';

const noon = new Date('2026-08-22T12:00:00.000Z');

/** A journal in which `gotify` is being replaced: it publishes 8080 and is called push on its network. */
async function replacing(journal = memoryJournal()) {
  const bindings = { '80/tcp': [{ HostIp: '', HostPort: '8080' }] };
  const snapshot = await journal.saveSnapshot({
    ...{ name: 'gotify', imageId: 'sha256:1' },
    spec: {
      config: { Image: 'gotify:1', Hostname: 'belltower' },
      hostConfig: { PortBindings: bindings },
      networks: [{ name: 'apps', endpoint: { Aliases: ['push'], IPAddress: '172.20.0.7' } }],
    },
  });
  await journal.append(intent(snapshot, { name: 'gotify' }));
  return journal;
}

describe('a destination that is being replaced', () => {
  const destinations: readonly (readonly [destination: string, isReplaced: boolean])[] = [
    ['gotify', true],
    ['gotify:80', true],
    ['GOTIFY:80', true],
    ['push', true],
    ['belltower:80', true],
    ['172.20.0.7:80', true],
    ['localhost:8080', true],
    ['127.0.0.1:8080', true],
    ['[::1]:8080', true],
    ['192.168.1.5:8080', true],
    ['nas.local:8080', true],
    ['localhost:9090', false],
    ['ntfy:80', false],
    ['hooks.slack.com', false],
    ['hooks.slack.com:8080', false],
    ['gotify.example.org', false],
  ];
  for (const [destination, isReplaced] of destinations) {
    test(`${destination}: ${isReplaced}`, async () => {
      const journal = await replacing();
      assert.equal(await replacedNow(destination, journal, noon), isReplaced ? 'gotify' : undefined);
    });
  }

  test('is itself again once its replacement has ended, whatever way, and after half an hour in any case', async () => {
    const journal = await replacing();
    assert.equal(await replacedNow('gotify', journal, new Date(noon.getTime() + 31 * minute)), undefined);
    await journal.append(fact(say.rolledBack('bad', { name: 'gotify' })));
    assert.equal(await replacedNow('gotify', journal, noon), undefined);
  });

  test('is sent nothing until then', async (t) => {
    const post = createPost(t, { destination: 'gotify:80' });
    await replacing(post.journal);
    await post.state(...updated('new', 'web'));
    await post.pass(5 * minute);
    assert.equal(post.attempts.length, 0);
    await post.state(say.recreated('new', { name: 'gotify' }) as BelfryEvent);
    await post.pass(1);
    assert.deepEqual(
      post.arrived.map(({ at }) => at),
      [5 * minute],
    );
  });
});

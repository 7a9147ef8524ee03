import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryAnswer } from '../../core/plugin.ts';
import { say } from '../journal/sample.ts';
import { type Arrived, createPost, hour, minute, sent } from './post.ts';

const gone: DeliveryAnswer = { outcome: 'permanent', why: 'answered 401' };

const digestOf = ({ message: { event } }: Arrived) => (event?.type === 'found' ? event.to.digest : null);

test('what was refused goes before what comes later, once the destination takes it', async (t) => {
  const post = createPost(t, { delivery: 'immediate' });
  const came = () => post.attempts.splice(0).map(digestOf);
  post.answers(() => gone);
  await post.state(say.found('a'), say.found('b'));
  await post.pass(7 * hour);
  assert.deepEqual(came(), ['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b'], 'at 0, 5, 60 and 360 minutes');

  await post.state(say.found('c'));
  assert.deepEqual(came(), ['a', 'c'], 'the oldest asks for all of them');
  await post.pass(30_000);
  post.answers(() => sent);
  await post.state(say.found('d'));
  assert.deepEqual(came(), ['d', 'a', 'b', 'c'], 'asked a moment ago, it does not ask again');
});

test('what was refused long ago is told first', async (t) => {
  const post = createPost(t, { delivery: 'immediate' });
  const came = () => post.attempts.splice(0).map(digestOf);
  post.answers(() => gone);
  await post.state(say.found('a'), say.found('b'));
  await post.restart();
  await post.pass(2 * hour);
  assert.equal(came().length, 8);
  post.answers(() => sent);
  await post.state(say.found('c'));
  assert.deepEqual(came(), ['a', 'b', 'c']);
});

test('a message that alone is refused is tried again with what comes later, but not every time', async (t) => {
  const post = createPost(t, { delivery: 'immediate' });
  const came = () => post.attempts.splice(0).map(digestOf);
  post.answers((attempt) => (digestOf(attempt) === 'a' ? gone : sent));
  await post.state(say.found('a'), say.found('b'), say.found('c'));
  assert.deepEqual(came(), ['a', 'b', 'a', 'c'], 'once, as another one was taken');
  await post.pass(20 * minute);
  await post.state(say.found('d'), say.found('e'));
  assert.deepEqual(came(), ['a', 'a', 'd', 'e'], 'the first is its retry after five minutes');
});

test('a message that quiet hours hold is not tried before another that they let through', async (t) => {
  const quiet = { from: '13:00', to: '17:00', timeZone: 'UTC', except: ['failed'] } as const;
  const post = createPost(t, { delivery: 'immediate', quiet });
  const came = () => post.attempts.splice(0).map(({ message }) => message.event?.type);
  post.answers(() => gone);
  await post.state(say.found('a'));
  await post.pass(70 * minute);
  assert.deepEqual(came(), ['found', 'found'], 'at 0 and 5 minutes');
  await post.state(say.rolledBack('b'));
  assert.deepEqual(came(), ['failed']);
});

import type { FollowRule } from '../../config/settings.ts';
import type { Reference } from '../../registry/port.ts';
import { formatReference, repositoryName } from '../../registry/reference.ts';
import type { Context } from '../context.ts';
import { type NewerTag, newerTags } from './newer-tags.ts';

/** What a check asks of registries, each question once, however many containers it is about. */
export interface Questions {
  digest(reference: Reference): Promise<string>;
  /** The tags that a container of this reference may move on to; undefined where its own states no version. */
  newer(reference: Reference, rule: FollowRule): Promise<readonly NewerTag[] | undefined>;
}

export function createQuestions({ registry }: Pick<Context, 'registry'>): Questions {
  const digest = once(formatReference, (reference: Reference) => registry.digest(reference));
  const tags = once(repositoryName, (reference: Reference) => registry.tags(reference));
  const newer = once(JSON.stringify, ([reference, rule]: readonly [Reference, FollowRule]) =>
    newerTags(reference, rule, tags),
  );
  return { digest, newer: (reference, rule) => newer([reference, rule]) };
}

function once<Asked, Answer>(keyOf: (asked: Asked) => string, ask: (asked: Asked) => Promise<Answer>) {
  const answers = new Map<string, Promise<Answer>>();
  return (asked: Asked): Promise<Answer> => {
    const key = keyOf(asked);
    const answer = answers.get(key) ?? ask(asked);
    answers.set(key, answer);
    return answer;
  };
}

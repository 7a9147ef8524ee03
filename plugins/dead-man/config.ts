import { duration, z } from 'belfry/plugin';

const address = (text: string) =>
  z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(text)
    .meta({ writeOnly: true });

/** Where to call, and what counts as a failure. */
export const config = z
  .strictObject({
    url: address(
      'For services such as healthchecks.io: the address of a success; `/start` and `/fail` are added to it.',
    ),
    start: address('Called as a cycle begins.'),
    success: address('Called as a cycle ends in which nothing failed.'),
    fail: address('Called as a cycle ends in which something failed, or which broke off.'),
    method: z
      .enum(['POST', 'GET'])
      .default('POST')
      .describe('`POST` carries a few lines about the cycle, `GET` carries nothing.'),
    unknownAfter: duration()
      .prefault('24h')
      .describe(
        'How long a container may not have been checked before that is a failure, such as `24h`; `0s` for no time.',
      ),
  })
  .refine(({ url, start, success, fail }) => [url, start, success, fail].some((one) => one !== undefined), {
    error: 'Give the address to call: `url`, or one of `start`, `success` and `fail`.',
  });

export type Moment = 'start' | 'success' | 'fail';

/** The address for a moment; undefined where nothing is to be called then. */
export function addressFor(moment: Moment, given: z.output<typeof config>): string | undefined {
  const { url } = given;
  if (given[moment] !== undefined || url === undefined) return given[moment];
  if (moment === 'success') return url;
  const derived = new URL(url);
  derived.pathname = `${derived.pathname.replace(/\/$/, '')}/${moment}`;
  return derived.href;
}

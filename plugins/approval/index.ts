import {
  type Defer,
  defer,
  definePlugin,
  duration,
  matchesName,
  namePatterns,
  type Plan,
  type Veto,
  veto,
  z,
} from 'belfry/plugin';

const label = 'approval';

const config = z
  .strictObject({
    containers: namePatterns()
      .optional()
      .describe('The containers whose updates wait, by patterns of their whole names; others wait by their label.'),
    deadline: duration()
      .optional()
      .describe('How long somebody may take, from when an image was first seen; for ever unless given.'),
    silence: z
      .enum(['approve', 'deny', 'wait'])
      .default('wait')
      .describe('What silence means once the deadline has passed; `wait` goes on waiting.'),
  })
  .refine(({ deadline, silence }) => silence === 'wait' || deadline !== undefined, {
    path: ['silence'],
    error: 'it needs a `deadline`',
  });

type Config = z.infer<typeof config>;

export default definePlugin({
  name: 'approval',
  apiVersion: 1,
  summary: 'Lets updates wait until somebody approves them with `belfry approve`.',
  labels: {
    [label]: '`required`: its updates wait for an approval; `none`: they do not, whatever the configuration says.',
  },
  config,
  setup: ({ config, now }) => ({
    beforeUpdate(plan) {
      const own = plan.labels[`belfry.${label}`]?.trim() ?? '';
      if (!['', 'none', 'required'].includes(own)) {
        return veto(`its label belfry.${label}=${own} is neither required nor none`);
      }
      const { name } = plan.workload;
      const named = config.containers?.some((pattern) => matchesName(pattern, name)) ?? false;
      if (own === 'none' || (own === '' && !named)) return undefined;
      return verdictOn(plan, config, now());
    },
  }),
});

function verdictOn(
  { approval, firstSeen, workload }: Plan,
  { deadline, silence }: Config,
  now: Date,
): Defer | Veto | undefined {
  if (approval?.verdict === 'approved') return undefined;
  if (approval?.verdict === 'denied') return veto(`denied at ${text(new Date(approval.time))}`);
  const waits = `waits for \`belfry approve ${workload.name}\``;
  if (deadline === undefined) return defer(waits);
  const due = new Date(Date.parse(firstSeen) + deadline);
  const isDue = now >= due;
  switch (silence) {
    case 'approve':
      return isDue ? undefined : defer(`${waits}, and is approved by itself at ${text(due)}`, due);
    case 'deny':
      return isDue ? veto(`nobody approved it until ${text(due)}`) : defer(`${waits} until ${text(due)}`);
    case 'wait':
      return defer(
        isDue ? `${waits} since ${text(new Date(firstSeen))}, which is too long` : `${waits} until ${text(due)}`,
      );
  }
}

/** `2026-11-28T22:54:00Z` */
const text = (moment: Date) => moment.toISOString().replace(/\.\d+Z$/, 'Z');

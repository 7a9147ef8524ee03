import { namePatterns, z } from 'belfry/plugin';

const key = z.string().min(1);

const keysText =
  'Public keys in PEM or paths of such files, a relative one from the configuration file; any of them will do.';

const keyless = /keyless|identity|issuer|fulcio|rekor|certificate/i;
const unknownKeys = {
  error: (issue: { readonly code?: string; readonly keys?: readonly string[] }) =>
    issue.code === 'unrecognized_keys' && issue.keys?.some((name) => keyless.test(name))
      ? 'keyless signatures are not supported: sign with a key pair of your own and give its public half under `keys`'
      : undefined,
};

const rule = z.strictObject(
  {
    images: namePatterns().describe('The images, as patterns of their whole names, with or without a tag.'),
    keys: z.array(key).min(1).optional().describe('The keys that count for them, in the place of those for all.'),
    require: z.boolean().prefault(true).describe('Whether they must be signed; with `false` nothing is looked for.'),
  },
  unknownKeys,
);

const refusal = z.enum(['veto', 'defer']);

export const config = z
  .strictObject(
    {
      keys: z
        .array(key)
        .min(1)
        .optional()
        .describe(`${keysText} Without them only images that a rule names are held to one.`),
      rules: z.array(rule).prefault([]).describe('What holds for some images; the first that fits counts.'),
      unsigned: refusal.prefault('veto').describe('What an image without any signature is answered with.'),
      unreachable: refusal
        .prefault('defer')
        .describe('What is answered where the registry cannot be asked for signatures.'),
    },
    unknownKeys,
  )
  .superRefine(({ keys, rules }, { addIssue }) => {
    if (keys !== undefined) return;
    if (!rules.some(({ require }) => require)) addIssue('it needs `keys`, or `rules` that have some');
    for (const [at, one] of rules.entries()) {
      const message = 'they must be signed, but there are neither `keys` here nor for all images';
      if (one.require && one.keys === undefined) addIssue({ code: 'custom', path: ['rules', at, 'keys'], message });
    }
  });

export type Config = z.infer<typeof config>;

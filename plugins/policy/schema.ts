import type { z } from 'belfry/plugin';

type JsonSchema = z.core.JSONSchema.JSONSchema;

const names = { type: 'array', items: { type: 'string', minLength: 1 } } satisfies JsonSchema;

/**
 * The shape of its configuration. As JSON Schema, because it is in force everywhere, and a schema library would stay in
 * the memory of every idle watch.
 */
export const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    default: {
      type: 'string',
      default: 'major',
      description: 'What holds where no rule and no label says otherwise.',
    },
    rules: {
      type: 'array',
      default: [],
      description: 'What holds for some; the first that fits a container counts.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['policy'],
        properties: {
          containers: { ...names, minItems: 1, description: 'Names of containers, as patterns of the whole name.' },
          images: {
            ...{ ...names, minItems: 1 },
            description: 'Images, as patterns of the whole name that the container has, with or without its tag.',
          },
          policy: { type: 'string', description: 'What holds for them; what it does not name is as by default.' },
        },
      },
    },
    stateful: {
      ...names,
      default: [],
      description: 'More images that keep data, by the end of their names, such as `acme/ledger`.',
    },
  },
} satisfies JsonSchema;

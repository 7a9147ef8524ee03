import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'belfry/plugin';
import { settingsTable } from './settings-table.ts';

const duration = z
  .union([z.string().regex(/^(?:\d+(?:ms|s|m|h|d|w))+$/), z.number().min(0)])
  .transform((value) => Number(value));
const rows = (schema: z.ZodType) =>
  settingsTable(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as object as { type: string })
    .split('\n')
    .slice(2);
const row = (schema: z.ZodType) => rows(z.object({ key: schema }))[0];

describe('the table of settings', () => {
  test('is a sentence where there are none', () => {
    assert.equal(settingsTable(false), 'It takes no configuration.');
    assert.equal(settingsTable({ type: 'object', properties: {} }), 'It takes no configuration.');
  });

  test('says of each what it is, what holds unless it is given, and what it means', () => {
    const cases: readonly (readonly [z.ZodType, string])[] = [
      [z.string(), '| `key` | text | required |  |'],
      [z.string().optional().describe('A | or\nB.'), '| `key` | text |  | A \\| or B. |'],
      [z.string().default(''), '| `key` | text | `""` |  |'],
      [z.url().meta({ writeOnly: true }), '| `key` | URL; secret | required |  |'],
      [z.iso.date().optional(), '| `key` | date |  |  |'],
      [z.boolean().default(false), '| `key` | true or false | `false` |  |'],
      [z.number().min(1).max(25).default(15), '| `key` | number, 1 to 25 | `15` |  |'],
      [z.int().min(1).optional(), '| `key` | whole number, from 1 up |  |  |'],
      [z.int().optional(), '| `key` | whole number |  |  |'],
      [z.number().positive().optional(), '| `key` | number, above 0 |  |  |'],
      [z.enum(['run', 'immediate']).default('run'), '| `key` | `run` or `immediate` | `run` |  |'],
      [duration.prefault('3d'), '| `key` | duration | `3d` |  |'],
      [z.array(duration).optional(), '| `key` | list of durations |  |  |'],
      [z.array(z.string()).default([]), '| `key` | list of texts | `[]` |  |'],
      [z.array(z.enum(['a', 'b', 'c'])).optional(), '| `key` | list of `a`, `b` or `c` |  |  |'],
      [z.union([z.string(), z.array(z.string())]), '| `key` | text or list of texts | required |  |'],
      [z.record(z.string(), z.int()).default({}), '| `key` | whole numbers by name | `{}` |  |'],
      [z.string().nullable(), '| `key` | text or null | required |  |'],
      [z.unknown().optional(), '| `key` | anything |  |  |'],
    ];
    for (const [schema, expected] of cases) assert.equal(row(schema), expected);
  });

  test('goes into objects, lists of objects and objects by name', () => {
    const window = z.object({ from: z.string().describe('When it opens.'), days: z.array(z.string()).optional() });
    const schema = z.object({
      limits: z.object({ hourly: z.int().default(5) }).optional(),
      windows: z.array(window).describe('When it may run.'),
      rules: z.record(z.string(), z.object({ allow: z.boolean() })).optional(),
    });
    assert.deepEqual(rows(schema), [
      '| `limits` | object |  |  |',
      '| `limits.hourly` | whole number | `5` |  |',
      '| `windows` | list of objects | required | When it may run. |',
      '| `windows[].from` | text | required | When it opens. |',
      '| `windows[].days` | list of texts |  |  |',
      '| `rules` | objects by name |  |  |',
      '| `rules.NAME.allow` | true or false | required |  |',
    ]);
  });

  test('tells the forms of an object apart, and looks up what is defined elsewhere', () => {
    const port = z.int().min(1).max(65535).describe('Its port.').meta({ id: 'port' });
    const probe = z.discriminatedUnion('type', [
      z.object({ type: z.literal('http'), port, path: z.string().default('/') }),
      z.object({ type: z.literal('tcp'), port }),
    ]);
    assert.deepEqual(rows(z.object({ probe })), [
      '| `probe` | object | required |  |',
      '| `probe.type` | `http` | required | With `type` = `http`: |',
      '| `probe.port` | whole number, 1 to 65535 | required | With `type` = `http`: Its port. |',
      '| `probe.path` | text | `/` | With `type` = `http`: |',
      '| `probe.type` | `tcp` | required | With `type` = `tcp`: |',
      '| `probe.port` | whole number, 1 to 65535 | required | With `type` = `tcp`: Its port. |',
    ]);
  });
});

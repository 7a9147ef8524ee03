import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sizeIn } from '../../core/notifier/clip.ts';
import { type Composition, compose } from '../../core/notifier/compose.ts';
import { markups } from '../../core/notifier/markup.ts';
import type { Report } from '../../core/notifier/report.ts';
import { createScrub } from '../../core/notifier/scrub.ts';
import { compileTemplate } from '../../core/notifier/template.ts';
import { reportFixtures } from '../kit/reports.ts';
import { anyReport } from './arbitrary.ts';

const how = (own: Partial<Composition<string>> = {}): Composition<string> => ({
  budget: { unit: 'characters', limit: 4096 },
  markup: markups.html,
  ownTitle: false,
  layout: undefined,
  measure: undefined,
  accepts: undefined,
  templates: {},
  scrub: createScrub({}, (text) => text),
  logLines: 6,
  ...own,
});

function fixture(name: string): Report {
  const found = reportFixtures.find((one) => one.name === name);
  assert.ok(found, name);
  return found.report;
}
const mixed = fixture('something of everything');
const template = (body: string) => ({ templates: { body: compileTemplate(body, 'body') } });

describe('a message', () => {
  test('is marked up and begins with what happened and whether someone must act', () => {
    const { text, plain, title } = compose(mixed, 'full', how());
    assert.equal(title, '1 update failed on nas-01: have a look');
    assert.match(text, /^<b>1 update failed on nas-01: have a look<\/b>\n<b>1 rolled back, /);
    assert.match(text, /\n\n<b>Failed<\/b>\n• <b>web<\/b> <code>1\.0\.0 → 1\.1\.0<\/code> · minor · <a href="https:/);
    assert.match(text, /<pre>web\nweb<\/pre>/);
    assert.equal(plain, false);
  });

  test('leaves the title to services that show it by themselves', () => {
    assert.match(compose(mixed, 'full', how({ ownTitle: true })).text, /^<b>1 rolled back/);
    assert.match(compose(mixed, 'text', how({ ownTitle: true })).text, /^1 rolled back/);
  });

  test('gives up log lines first, then what matters least, and says what it left out', () => {
    const report = fixture('500 of everything');
    const { report: told, text } = compose(report, 'full', how({ budget: { unit: 'bytes', limit: 16_000 } }));
    assert.equal(told.failed.length, 101);
    assert.deepEqual(told.available, []);
    const omitted = told.truncated.find(({ list }) => list === 'recreated')?.omitted ?? 0;
    assert.equal(omitted + told.recreated.length, 401);
    assert.match(text, new RegExp(`… and ${omitted} more updated`));
    assert.ok(told.failed.every(({ logTail }) => logTail.length === 0));
  });

  test('tells of at least one failure by name in whatever room there is', () => {
    for (const limit of [160, 300, 1024]) {
      const { text } = compose(fixture('500 failures with logs'), 'full', how({ budget: { unit: 'utf-16', limit } }));
      assert.ok(text.length <= limit);
      assert.match(text, /500 containers DOWN on nas-01: act now/);
      if (limit >= 300) assert.match(text, /container-0/);
    }
  });

  test('is half as long, and then plain, where the service found it too long or refused the format', () => {
    const terms = how({ budget: { unit: 'characters', limit: 2000 } });
    const report = fixture('500 updates');
    assert.ok(compose(report, 'full', terms).text.length > 1500);
    assert.ok(compose(report, 'compact', terms).text.length <= 1000);
    const plain = compose(report, 'text', terms);
    assert.ok(plain.plain && plain.text.length <= 1000);
    assert.match(plain.text, /^UPDATED {2}500 updated on nas-01, nothing to do\n/);
  });

  test('comes from the user’s template, and without it where that fails', () => {
    assert.equal(
      compose(mixed, 'full', how(template('{{host}} {{#bold}}{{counts.failed}}{{/bold}}'))).text,
      'nas-01 <b>1</b>',
    );
    const broken = { templates: { body: () => assert.fail('no') } };
    const built = compose(mixed, 'full', how(broken));
    assert.match(built.text, /^<b>1 update failed/);
    assert.equal(built.problem, 'no');
    assert.match(
      compose(mixed, 'full', how({ ...template('{{host}}'), accepts: () => false })).problem ?? '',
      /does not take/,
    );
    assert.match(
      compose(mixed, 'full', how(template('{{#labels.x}}{{/labels.x}}'.replaceAll('labels.x', 'hostUrl')))).text,
      /^<b>1/,
    );
  });

  test('comes in plain text where the layout fails, and as the title alone where nothing fits', () => {
    const failing = compose(mixed, 'full', how({ layout: () => assert.fail('no') }));
    assert.ok(failing.plain && failing.content === null);
    assert.match(failing.text, /^FAILED {2}1 update failed/);
    const tiny = compose(mixed, 'full', how({ budget: { unit: 'bytes', limit: 20 } }));
    assert.equal(tiny.text, '1 update failed o…');
  });

  const units = ['characters', 'bytes', 'utf-16'] as const;
  const forms = ['full', 'compact', 'text'] as const;
  for (const [name, markup] of Object.entries(markups)) {
    test(`is within any budget, whatever it tells of (${name})`, () => {
      fc.assert(
        fc.property(
          anyReport,
          fc.constantFrom(...units),
          fc.integer({ min: 60, max: 9000 }),
          fc.constantFrom(...forms),
          (report, unit, limit, form) => {
            const { text, title, problem } = compose(report, form, how({ markup, budget: { unit, limit } }));
            assert.equal(problem, null);
            assert.ok(sizeIn(unit, text) <= limit);
            assert.ok([...title].length <= 150);
            assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
          },
        ),
        { numRuns: 60 },
      );
    });
  }

  test('in HTML holds no tag but its own, and no entity that was cut', () => {
    fc.assert(
      fc.property(anyReport, fc.integer({ min: 100, max: 3000 }), (report, limit) => {
        const { text, plain } = compose(report, 'full', how({ budget: { unit: 'bytes', limit } }));
        if (plain) return;
        const rest = text.replace(/<\/?(?:b|code|pre|a)(?: href="https?:\/\/[^"<>]*")?>/g, '');
        assert.doesNotMatch(rest, /[<>]|&(?!amp;|lt;|gt;|quot;|#39;)/);
      }),
      { numRuns: 60 },
    );
  });

  test('is made of every fixture with the templates that come with it', () => {
    for (const markup of Object.values(markups)) {
      for (const { name, report } of reportFixtures) {
        const { problem, plain, text } = compose(report, 'full', how({ markup }));
        assert.deepEqual([problem, plain], [null, false], name);
        assert.ok(text.includes(markup.escape(report.host.slice(0, 6))), name);
      }
    }
  });
});

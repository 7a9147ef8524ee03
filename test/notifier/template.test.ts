import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AppError } from '../../core/errors/app-error.ts';
import { type Markup, markups } from '../../core/notifier/markup.ts';
import { type Shape, viewShape } from '../../core/notifier/shape.ts';
import { compileTemplate } from '../../core/notifier/template.ts';
import { helperNames } from '../../core/notifier/view.ts';
import { reportFixtures } from '../kit/reports.ts';

const report = reportFixtures.find(({ name }) => name === 'something of everything')?.report ?? assert.fail();
const render = (text: string, markup: Markup = markups.html) =>
  compileTemplate(text, 'ops: template.body')(report, markup);

function problemOf(text: string): string {
  try {
    compileTemplate(text, 'body');
    return 'none';
  } catch (error) {
    assert.ok(error instanceof AppError);
    return `${error.code} ${error.message}`;
  }
}

describe('a template', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['{{counts.faild}}', 'TEMPLATE_UNKNOWN_NAME body: there is no {{counts.faild}}. Did you mean failed?'],
    ['{{#recreatd}}{{/recreatd}}', 'TEMPLATE_UNKNOWN_NAME body: there is no {{recreatd}}. Did you mean recreated?'],
    ['{{#failed}}{{nam}}{{/failed}}', 'TEMPLATE_UNKNOWN_NAME body: there is no {{nam}}. Did you mean name?'],
    ['{{^failed}}{{nam}}{{/failed}}', 'TEMPLATE_UNKNOWN_NAME body: there is no {{nam}}.'],
    ['{{{titel}}}', 'TEMPLATE_UNKNOWN_NAME body: there is no {{titel}}. Did you mean title?'],
    ['{{> fialed}}', 'TEMPLATE_UNKNOWN_NAME body: there is no part fialed. Did you mean failed?'],
    ['{{#bold}}{{hots}}{{/bold}}', 'TEMPLATE_UNKNOWN_NAME body: there is no {{hots}}. Did you mean host?'],
    ['{{#json}}countz{{/json}}', 'TEMPLATE_UNKNOWN_NAME body: there is no {{countz}}. Did you mean counts?'],
    ['{{constructor.name}}', 'TEMPLATE_UNKNOWN_NAME body: there is no {{constructor.name}}.'],
    ['{{__proto__}}', 'TEMPLATE_UNKNOWN_NAME body: there is no {{__proto__}}.'],
    ['a\n{{#failed}}', 'TEMPLATE_INVALID body: Unclosed section "failed" at 13 (line 2)'],
    ['{{#failed}}{{/x}}', 'TEMPLATE_INVALID body: Unclosed section "failed" at 11 (line 1)'],
  ];
  for (const [text, problem] of wrong) {
    test(`is refused as it is read: ${JSON.stringify(text)}`, () => assert.equal(problemOf(text), problem));
  }

  test('may name everything that a report holds, at any depth, and any label', () => {
    for (const text of [
      '{{cycle.duration}}{{engine.version}}{{symbol}}{{failedOmitted}}',
      '{{#failed}}{{from.label}}{{rollback.to.short}}{{error.hint}}{{labels.a.b}}{{host}}{{/failed}}',
      '{{#failed}}{{#rollback}}{{status}}{{#to}}{{label}}{{/to}}{{name}}{{/rollback}}{{/failed}}',
      '{{#failedTop5}}{{n}}{{/failedTop5}}{{#warnings}}{{.}}{{/warnings}}{{! a comment }}{{=<% %>=}}<%title%>',
    ]) {
      assert.equal(problemOf(text), 'none', text);
    }
  });

  test('escapes what it fills in as the service needs it, not as Mustache does', () => {
    const hostile = reportFixtures.find(({ name }) => name === 'what calls everyone')?.report ?? assert.fail();
    const of = (markup: Markup) => compileTemplate('{{#failed}}{{name}}{{/failed}}', 'x')(hostile, markup);
    assert.equal(of(markups.plain), '<!channel> <@U123> @everyone @here <at>all</at>');
    assert.equal(of(markups.html), '&lt;!channel&gt; &lt;@U123&gt; @everyone @here &lt;at&gt;all&lt;/at&gt;');
    assert.match(of(markups.markdown), /^\\<\\!channel\\> \\<@\u200bU123/);
    assert.equal(render('{{app.name}}/{{cycle.id}}'), 'Belfry/cyc_01j9zk3q5r7t');
  });

  test('shows nothing of an outer thing where an inner one has none', () => {
    // `hostUrl` of the report is null, and so is `until` of an item; `host` is in both.
    assert.equal(render('{{#skipped}}[{{until}}{{downtime}}{{to.label}}]{{/skipped}}'), '[]');
    assert.equal(render('{{#failed}}{{#rollback}}{{error}}{{/rollback}}{{/failed}}'), '');
  });

  test('counts from where people count, and knows the first and the last', () => {
    const text = '{{#skipped}}{{n}}{{#first}}f{{/first}}{{#last}}l{{/last}}{{index}}{{/skipped}}';
    assert.equal(render(text), '1fl0');
  });

  const helped: readonly (readonly [string, string])[] = [
    ['{{#bold}}{{host}}{{/bold}}', '<b>nas-01</b>'],
    ['{{#mono}}a<b {{host}}{{/mono}}', '<code>a&lt;b nas-01</code>'],
    ['{{#failed}}{{#block}}\n{{#logTail}}\n{{.}}\n{{/logTail}}\n{{/block}}{{/failed}}', '<pre>web\n\tweb</pre>'],
    [
      '{{#failed}}{{#link}}{{links.source}}|{{name}}{{/link}}{{/failed}}',
      '<a href="https://github.com/acme/web">web</a>',
    ],
    ['{{#link}}javascript:alert(1)|{{host}}{{/link}}', 'nas-01'],
    ['{{#failed}}{{#digits}}{{to.digest}}{{/digits}}{{/failed}}', '11000000'],
    ['{{#upper}}{{host}}{{/upper}}', 'NAS-01'],
    ['{{#trunc}}5|{{title}}{{/trunc}}', '1 up…'],
    ['{{#bytes}}1900000000{{/bytes}} {{#bytes}}x{{/bytes}}', '1.9 GB x'],
    ['{{#period}}{{cycle.durationMs}}{{/period}}', '3 m 41 s'],
    ['{{#date}}{{cycle.finishedAt}}{{/date}}', '2026-08-22 02:07'],
    ['{{#relative}}2026-08-19T00:00:00Z{{/relative}}', '3 d ago'],
    ['{{#plural}}{{counts.failed}}|update|updates{{/plural}}', '1 update'],
    ['{{#plural}}{{counts.upToDate}}|update{{/plural}}', '31 updates'],
    ['{{#join}}, |{{#failed}}{{name}}\n{{/failed}}{{#recreated}}{{name}}\n{{/recreated}}{{/join}}', 'web, web-2'],
    ['{{#indent}}2|a\nb{{/indent}}', '  a\n  b'],
    ['{{#json}}cycle.cycles{{/json}}', '1'],
    ['{{#failed}}{{#json}}image.tag{{/json}}{{/failed}}', '&quot;v1&quot;'],
    ['{{#recreatedTop5}}{{name}}{{/recreatedTop5}}{{recreatedRest.length}}', 'web-20'],
  ];
  for (const [text, made] of helped) test(`is helped: ${JSON.stringify(text)}`, () => assert.equal(render(text), made));

  test('has no helper that a field would hide', () => {
    const names = (shape: Shape): readonly string[] =>
      typeof shape !== 'object' ? [] : Object.entries(shape).flatMap(([name, inner]) => [name, ...names(inner)]);
    const fields = Object.values(viewShape).flatMap((inner) => (inner === true ? [] : names(inner)));
    assert.ok(fields.includes('label'));
    assert.deepEqual(
      helperNames.filter((name) => fields.includes(name)),
      [],
    );
  });

  test('has helpers that throw at nothing', () => {
    for (const name of helperNames.filter((one) => one !== 'json')) {
      for (const inner of ['', '|', 'x', '-1|x', '1e9|x', '{{host}}', '|||']) {
        assert.equal(typeof render(`{{#${name}}}${inner}{{/${name}}}`), 'string');
      }
    }
  });

  test('sees nothing but the report, whatever it asks', () => {
    const markup = markups.plain;
    assert.equal(
      compileTemplate('{{#failed}}{{labels.constructor}}{{labels.toString}}{{/failed}}', 'x')(report, markup),
      '',
    );
  });
});

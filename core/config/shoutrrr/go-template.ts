import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LegacyValue } from './legacy.ts';

interface Template {
  /** Whether JSON is wanted by those who take it. */
  readonly asJson: boolean;
  readonly warnings: readonly string[];
}

/** Templates of Watchtower's are not run: what is said of the one that is given. */
export function templateOf(given: ReadonlyMap<string, LegacyValue>, cwd: string): Template {
  const file = given.get('notification-template-file');
  const use = file ?? given.get('notification-template');
  if (use === undefined) return { asJson: false, warnings: [] };
  const text = file === undefined ? use.text : readText(resolve(cwd, file.text));
  if (text === undefined) {
    const warning = `${use.origin} names a file that cannot be read; the built-in report goes out.`;
    return { asJson: false, warnings: [warning] };
  }
  if (Object.hasOwn(builtInTemplates, text.trim())) {
    const said = builtInTemplates[text.trim()] ?? null;
    return { asJson: /json/.test(text), warnings: said === null ? [] : [`${use.origin} is ${text.trim()}: ${said}`] };
  }
  const fields = mustacheNames(text);
  const said = fields.length === 0 ? '' : ` Its fields are, in a template of Belfry’s: ${fields.join(', ')}.`;
  const what = `${use.origin} is a Go template, which is not run: the built-in report goes out.${said}`;
  return { asJson: false, warnings: [`${what} See "Coming from Watchtower" in docs/notifications.md.`] };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** What a template of Watchtower's would need here; `null` where Belfry has nothing like it. */
const names: Readonly<Record<string, string | null>> = {
  Title: '{{title}}',
  Host: '{{host}}',
  Report: null,
  Entries: null,
  Updated: '{{#recreated}}…{{/recreated}}',
  Failed: '{{#failed}}…{{/failed}}',
  Restarted: '{{#restarted}}…{{/restarted}}',
  Stale: '{{#available}}…{{/available}}',
  Skipped: '{{#held}}…{{/held}} and {{#skipped}}…{{/skipped}}',
  Fresh: '{{counts.upToDate}}',
  Scanned: '{{counts.checked}}',
  All: 'each of the lists',
  Name: '{{name}}',
  ImageName: '{{image.ref}}',
  ID: '{{id}}',
  CurrentImageID: '{{from.imageId}}',
  'CurrentImageID.ShortID': '{{from.short}}',
  LatestImageID: '{{to.imageId}}',
  'LatestImageID.ShortID': '{{to.short}}',
  Error: '{{error.message}}, {{reason}}',
  State: '{{state}}',
  IsMonitorOnly: '{{code}}',
  NewContainerID: '{{id}}',
  Message: null,
  Data: null,
  Level: null,
  Time: '{{cycle.finishedAt}}',
};

/** `.Name → {{name}}` for each field that a Go template uses, in the order of their first use. */
function mustacheNames(template: string): readonly string[] {
  const actions = [...template.matchAll(/\{\{(?!\/\*)([\s\S]*?)\}\}/g)].map(([, action = '']) =>
    action.replace(/"[^"]*"|`[^`]*`/g, ''),
  );
  const used = actions.flatMap((action) =>
    [...action.matchAll(/\.[A-Z]\w*(?:\.[A-Z]\w*)*/g)].map(([path]) => path.slice(1)),
  );
  return [...new Set(used.map((path) => path.replace(/^Report\.(?=\w)/, '').replace(/^ID\.ShortID$/, 'ID')))].flatMap(
    (path) => {
      const known = Object.hasOwn(names, path) ? path : (path.split('.')[0] ?? path);
      if (known === 'Report' || !Object.hasOwn(names, known)) return [];
      return `.${known} → ${names[known] ?? 'nothing: messages hold no log lines'}`;
    },
  );
}

/** The templates that Watchtower has built in, and what is said of each; nothing where the report is the same thing. */
const builtInTemplates: Readonly<Record<string, string | null>> = {
  default: null,
  'default-legacy': null,
  'porcelain.v1.summary-no-log': 'the built-in report goes out; --porcelain v1 prints such lines.',
  'porcelain.json':
    'generic:// addresses are sent Belfry’s own report as JSON (docs/notifications.md), others the built-in report; --porcelain json prints Watchtower’s.',
  'json.v1':
    'generic:// addresses are sent Belfry’s own report as JSON (docs/notifications.md), others the built-in report.',
};

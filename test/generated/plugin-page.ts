import { labelPrefixes } from '../../core/config/table.ts';
import { isWatchtowers } from '../../core/config/unread-labels.ts';
import type { Plugin } from '../../core/plugin.ts';
import { configSchemaOf } from '../../core/plugin-schema.ts';
import { settingsTable, table } from './settings-table.ts';

type Documented = Pick<Plugin, 'config' | 'configJsonSchema' | 'labels'>;

/** A plugin's README with its tables as the plugin has them: of its settings, and of its labels where it has any. */
export function pluginPage(path: string, text: string, plugin: Documented): string {
  const settings = withBlock({ path, text, name: 'config' }, settingsTable(configSchemaOf(plugin)));
  const labels = Object.entries(plugin.labels ?? {});
  if (labels.length === 0 && !text.includes(marks('labels').begin)) return settings;
  return withBlock({ path, text: settings, name: 'labels' }, labelTable(labels));
}

/** The page with other content between its marks; throws where it has none. */
export function withBlock({ path, text, name }: Block, content: string): string {
  const { begin, end } = marks(name);
  const [before, rest] = text.split(begin, 2);
  const after = rest?.split(end, 2)[1];
  if (before === undefined || after === undefined) {
    throw new Error(
      `${path}: write ${begin} and below it ${end} where the table belongs, and run \`npm run generate\``,
    );
  }
  return `${before}${begin}\n\n${content}\n\n${end}${after}`;
}

interface Block {
  /** For messages. */
  readonly path: string;
  readonly text: string;
  /** Of the marks. */
  readonly name: string;
}

const marks = (name: string) => ({ begin: `<!-- ${name} -->`, end: `<!-- /${name} -->` });

function labelTable(labels: readonly (readonly [string, string])[]): string {
  if (labels.length === 0) return 'It reads no labels.';
  const names = (suffix: string) => [
    `\`${labelPrefixes.belfry}${suffix}\``,
    ...(isWatchtowers(suffix) ? [`\`${labelPrefixes.watchtower}${suffix}\``] : []),
  ];
  const rows = labels.map(([suffix, meaning]) => [names(suffix).join(', '), meaning.replaceAll('|', '\\|')]);
  return table(['label', 'meaning'], rows);
}

import type { Problem } from '../errors/app-error.ts';
import type { Message } from '../plugin.ts';
import type { Instance } from '../set-up.ts';
import { askPreview } from './ask.ts';
import { maskOf } from './mask.ts';

/** What one notifier would send of one report. */
export interface Shown {
  readonly instance: string;
  /** The plugin. */
  readonly use: string;
  readonly severity: Message['report']['severity'];
  readonly title: string;
  /** What people would read, without formatting. */
  readonly text: string;
  /** What would be sent, in order, with its secrets masked. Empty where the plugin does not say. */
  readonly sends: readonly unknown[];
  /** Why there is nothing to show, where there is not. */
  readonly problem: Problem | null;
}

/** Asks a notifier what it would send, and sends nothing. */
export async function preview(instance: Instance, message: Message, redact: (text: string) => string): Promise<Shown> {
  const { name, use, plugin, config } = instance;
  const { severity, title, id } = message.report;
  const asked = await askPreview(instance, message, id);
  const common = { instance: name, use, severity, title };
  const mask = maskOf(plugin, config, redact);
  if (asked?.ok)
    return { ...common, text: mask(asked.value.text), sends: mask(plain(asked.value.sends)), problem: null };
  const { reportText } = await import('../notifier/report-text.ts');
  const problem = asked === undefined ? null : mask(asked.problem);
  return { ...common, text: mask(reportText(message.report)), sends: [], problem };
}

/** As JSON has it, whatever else a plugin may have put in. */
const plain = (sends: readonly unknown[]) => JSON.parse(JSON.stringify(sends)) as readonly unknown[];

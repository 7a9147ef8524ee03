import { openReader } from '../app.ts';
import { runCycle, updates } from '../cycle/cycle.ts';
import type { BelfryEvent } from '../events.ts';
import { porcelainText } from './porcelain.ts';
import { previewText, removalText, reportTable, upToDateOf } from './report.ts';
import { type CommandRun, cycleExitCode, exitCodes, printJson, type Session } from './session.ts';

/** Looks and reports; nothing is pulled, tagged or written. */
export const check: CommandRun = async (session) => {
  const { finished } = await look(session);
  const code = cycleExitCode(finished, session.signal);
  return session.args.options.exitCode && finished.counts.available > 0 ? exitCodes.updates : code;
};

/** `update --dry-run`: the same, and for each container what would become of it. */
export async function look({ args, loaded, parts, terminal, signal }: Session) {
  const { porcelain } = loaded.settings;
  const belfry = await openReader(parts);
  try {
    const events: BelfryEvent[] = [];
    belfry.bus.on((event) => events.push(event));
    const request = { trigger: 'manual', names: args.positionals, dryRun: true, force: args.options.force } as const;
    const result = await runCycle(belfry.context(request, { signal }), updates);
    const isPreview = args.command === 'update';
    const { previews, wouldRemove } = isPreview ? result : { previews: [], wouldRemove: [] };
    if (args.json) {
      const upToDate = upToDateOf(events);
      const shown = isPreview ? { previews, wouldRemove } : {};
      printJson(terminal, { command: args.command, report: result.finished, upToDate, ...shown });
    } else if (porcelain !== null) {
      terminal.print(porcelainText(porcelain, result.finished, events));
    } else {
      for (const preview of previews) terminal.print(`${previewText(preview, terminal)}\n`);
      for (const image of wouldRemove) terminal.print(removalText(image));
      if (wouldRemove.length > 0) terminal.print('');
      terminal.print(reportTable(result.finished, events, terminal));
    }
    return result;
  } finally {
    await belfry.close();
  }
}

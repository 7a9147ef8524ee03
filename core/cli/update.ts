import type { ReportItem } from '../events.ts';
import { eventText } from '../notifier/event-text.ts';
import { look } from './check.ts';
import { porcelainText } from './porcelain.ts';
import { reportTable } from './report.ts';
import { type CommandRun, cycleExitCode, exitCodes, printJson, type Session } from './session.ts';
import { type Done, work } from './work.ts';

export const update: CommandRun = async (session) => {
  const { dryRun, force } = session.args.options;
  if (dryRun) {
    const { finished } = await look(session);
    return cycleExitCode(finished, session.signal);
  }
  return updateNow(session, session.args.positionals, force);
};

/** One update of these, or of all; by the Belfry that is at work already where there is one. */
export async function updateNow(session: Session, names: readonly string[], force: boolean): Promise<number> {
  return tell(session, await work(session, { schema: 1, command: 'update', names, force }));
}

export const rollback: CommandRun = async (session) => {
  const [name = ''] = session.args.positionals;
  const { force } = session.args.options;
  return tell(session, await work(session, { schema: 1, command: 'rollback', name, force }));
};

export const recover: CommandRun = async (session) => {
  const { args, terminal } = session;
  const { finished, events } = await work(session, { schema: 1, command: 'recover' });
  const recovered = events.filter((event) => event.type === 'recovered');
  // What recovery does not dare to touch ends nobody's update, and so stands in no report.
  const untouched = events.filter(
    (event) => event.type === 'failed' && event.outcome !== 'down' && event.problem.code !== 'RECOVERED',
  );
  const lines = [...finished.items.map(stillDown), ...[...untouched, ...recovered].map(eventText)];
  if (args.json) printJson(terminal, { command: 'recover', report: finished, recovered, untouched });
  else terminal.print(lines.length === 0 ? 'nothing to put in order' : lines.join('\n'));
  return untouched.length > 0 ? exitCodes.failed : cycleExitCode(finished, session.signal);
};

function stillDown({ workload, problem }: ReportItem): string {
  return `${workload.name} is DOWN: ${problem?.message ?? 'it does not run'}`;
}

function tell({ args, terminal, loaded, signal }: Session, { finished, events }: Done): number {
  const { porcelain } = loaded.settings;
  if (args.json) printJson(terminal, { command: args.command, report: finished });
  else if (porcelain !== null) terminal.print(porcelainText(porcelain, finished, events));
  else terminal.print(reportTable(finished, events, terminal));
  return cycleExitCode(finished, signal);
}

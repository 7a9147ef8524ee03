import type { Finished } from '../events.ts';
import { look } from './check.ts';
import { reportTable } from './report.ts';
import { type CommandRun, exitCodes, printJson, type Session } from './session.ts';
import { work } from './work.ts';

export const update: CommandRun = async (session) => {
  const { dryRun, force } = session.args.options;
  if (dryRun) {
    const { finished } = await look(session);
    return finished.counts.failed > 0 ? exitCodes.failed : exitCodes.fine;
  }
  return tell(session, await work(session, { schema: 1, command: 'update', names: session.args.positionals, force }));
};

export const rollback: CommandRun = async (session) => {
  const [name = ''] = session.args.positionals;
  const { force } = session.args.options;
  return tell(session, await work(session, { schema: 1, command: 'rollback', name, force }));
};

export const recover: CommandRun = async (session) =>
  tell(session, await work(session, { schema: 1, command: 'recover' }));

function tell({ args, terminal }: Session, finished: Finished): number {
  if (args.json) printJson(terminal, { command: args.command, report: finished });
  else terminal.print(reportTable(finished, [], terminal));
  return finished.counts.failed > 0 ? exitCodes.failed : exitCodes.fine;
}

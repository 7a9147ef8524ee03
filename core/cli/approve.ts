import { change } from '../notifier/event-text.ts';
import { oneLine } from '../one-line.ts';
import { giveWord } from './perform.ts';
import { type CommandRun, exitCodes, printJson } from './session.ts';
import { whereAtWork } from './work.ts';

const say =
  (command: 'approve' | 'deny'): CommandRun =>
  async (session) => {
    const { args, terminal } = session;
    const [name = ''] = args.positionals;
    const request = { schema: 1, command, name } as const;
    const { kind: _, ...approval } = await whereAtWork(session, request, {
      here: (writer) => giveWord(session, writer, request),
    });
    if (args.json) printJson(terminal, { command, approval });
    else {
      const { from, to, verdict } = approval;
      const then =
        verdict === 'approved'
          ? `the next cycle may apply it, or \`belfry update ${name}\` now`
          : 'it is not applied; another image is asked about anew';
      terminal.print(oneLine(`${verdict} for ${name}: ${change(from, to)} (${to.digest ?? to.imageId})`));
      terminal.print(then);
    }
    return exitCodes.fine;
  };

/** Says yes to the newer image that was found for a container. */
export const approve: CommandRun = say('approve');
/** Says no to it. */
export const deny: CommandRun = say('deny');

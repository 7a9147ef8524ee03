import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../paths.ts';
import { newPlugin, spaced, writeNew } from './new-plugin.ts';
import { type CommandRun, exitCodes, printJson } from './session.ts';

/** Writes a plugin that works, with its test, into the working directory, and says what to do next. */
export const newOne: CommandRun = async ({ args, loaded, terminal }) => {
  const { kind, package: asPackage } = args.options;
  const [name = ''] = args.positionals;
  const { files, use } = newPlugin({ name, kind, form: asPackage ? 'package' : 'file' });
  writeNew(process.cwd(), files);
  const paths = Object.keys(files);
  const entry = asPackage ? use : { ...use, use: fromConfig(loaded.settings.folder, paths[0] ?? '') };
  if (args.json) {
    printJson(terminal, { command: 'plugins new', files: paths, use: entry });
    return exitCodes.fine;
  }
  terminal.print(`Written: ${paths.join(', ')}\n`);
  const [test = ''] = paths.filter((path) => path.includes('.test.'));
  const steps = [
    ...(asPackage
      ? [[`Install what its \`npm test\` and \`npx tsc\` need, in ${use.use}:`, `npm install --save-dev ${ownFolder}`]]
      : []),
    ['Test it:', `belfry plugins test ${test}`],
    ...(asPackage ? [['Install it beside the configuration file:', `npm install ./${use.use}`]] : []),
    [`Name it in ${loaded.file ?? 'the configuration file'}:`, `"plugins": [${spaced(entry)}]`],
    ['See it in force:', `belfry plugins${loaded.file === null ? ' --config FILE' : ''}`],
  ];
  for (const [what, how] of steps) terminal.print(`${what}\n  ${how}`);
  return exitCodes.fine;
};

/** What npm takes Belfry from: the folder that this one lies in. */
const ownFolder = fileURLToPath(packageRoot).replace(/\/$/, '');

/** Paths in the configuration start from its own folder. */
function fromConfig(folder: string, path: string): string {
  const found = relative(folder, path).replaceAll('\\', '/');
  return found.startsWith('.') ? found : `./${found}`;
}

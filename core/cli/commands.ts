/** What a new plugin begins as. */
export const pluginKinds = ['gate', 'health', 'hook', 'notifier', 'cleanup'] as const;
export type PluginKind = (typeof pluginKinds)[number];

/** What a test message tells of; as in the notifier's samples, which are loaded only for it. */
export const sampleChoices = ['mixed', 'failed', 'down', 'updated', 'available', 'up-to-date'] as const;

/** What a preview is made for, and of what. */
export const previewForms = ['terminal', 'json', 'html'] as const;
export type PreviewForm = (typeof previewForms)[number];
const previewSources = ['sample', 'last-run'] as const;

/** One flag that is no setting. */
export interface Option {
  readonly flag: string;
  readonly short?: string;
  readonly kind: 'boolean' | 'integer' | 'moment' | 'path' | 'choice';
  /** What a choice is made from, by command; the first holds unless given. Help adds it to the summary. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  /** Understood by every command. */
  readonly global?: boolean;
  readonly summary: string;
}

export const options = {
  config: { flag: 'config', kind: 'path', global: true, summary: 'Read this configuration file.' },
  json: { flag: 'json', kind: 'boolean', global: true, summary: 'Print JSON for programs.' },
  noColor: { flag: 'no-color', kind: 'boolean', global: true, summary: 'Print without colours.' },
  help: { flag: 'help', short: 'h', kind: 'boolean', global: true, summary: 'Show help.' },
  version: { flag: 'version', kind: 'boolean', global: true, summary: 'Show the version.' },
  exitCode: { flag: 'exit-code', kind: 'boolean', summary: 'Exit with 10 when there are updates.' },
  dryRun: { flag: 'dry-run', kind: 'boolean', summary: 'Show what would be done and do nothing.' },
  force: { flag: 'force', kind: 'boolean', summary: 'Also try an image that failed before.' },
  since: {
    flag: 'since',
    kind: 'moment',
    summary: 'Only what is newer than so long ago, as 24h, or than a date, as 2026-01-31 or 2026-01-31T08:00Z.',
  },
  follow: { flag: 'follow', kind: 'boolean', summary: 'Go on printing events as they happen.' },
  limit: { flag: 'limit', kind: 'integer', summary: 'At most so many entries, the newest.' },
  kind: {
    flag: 'kind',
    kind: 'choice',
    choices: { 'plugins new': pluginKinds, 'notify test': sampleChoices, 'notify preview': sampleChoices },
    summary: 'Which kind',
  },
  to: {
    flag: 'to',
    kind: 'choice',
    choices: { 'notify preview': previewForms },
    summary: 'What it is shown as',
  },
  from: {
    flag: 'from',
    kind: 'choice',
    choices: { 'notify preview': previewSources },
    summary: 'What it tells of',
  },
  all: { flag: 'all', kind: 'boolean', summary: 'Every built-in notifier, with made-up addresses.' },
  output: { flag: 'output', kind: 'path', summary: 'Write it to this file.' },
  package: { flag: 'package', kind: 'boolean', summary: 'A package to publish instead of a single file.' },
} as const satisfies Record<string, Option>;

export type OptionKey = keyof typeof options;

export interface Command {
  readonly summary: string;
  /** What follows it, as in the usage line; empty for nothing. */
  readonly takes: '' | 'NAME' | '[NAME]' | '[NAME…]' | '[FILE…]' | '[COMMAND]' | 'MESSAGE' | 'NAME DURATION';
  readonly options: readonly OptionKey[];
  /** Whether it takes every setting as a flag, or only those about engine, state folder, scope, notifications and output. */
  readonly settings: 'all' | 'general';
}

/** Every command, in the order of help. */
export const commands = {
  watch: {
    summary: 'Update containers by the clock. This is what belfry does without a command.',
    takes: '[NAME…]',
    options: [],
    settings: 'all',
  },
  check: {
    summary: 'Show which containers have updates; change nothing.',
    takes: '[NAME…]',
    options: ['exitCode'],
    settings: 'all',
  },
  update: {
    summary: 'Update containers now.',
    takes: '[NAME…]',
    options: ['dryRun', 'force'],
    settings: 'all',
  },
  rollback: {
    summary: 'Put a container back to the image it had before.',
    takes: 'NAME',
    options: ['force'],
    settings: 'all',
  },
  recover: { summary: 'Put in order what an interrupted update left.', takes: '', options: [], settings: 'all' },
  approve: {
    summary: 'Say yes to the newer image that was found for a container.',
    takes: 'NAME',
    options: [],
    settings: 'all',
  },
  deny: {
    summary: 'Say no to the newer image that was found for a container.',
    takes: 'NAME',
    options: [],
    settings: 'all',
  },
  history: {
    summary: 'Show past updates.',
    takes: '[NAME]',
    options: ['limit'],
    settings: 'general',
  },
  events: {
    summary: 'Show what happened, event by event.',
    takes: '',
    options: ['since', 'follow'],
    settings: 'general',
  },
  'notify status': {
    summary: 'Show how every notifier is doing.',
    takes: '',
    options: [],
    settings: 'general',
  },
  'notify test': {
    summary: 'Send a sample through one notifier, or all.',
    takes: '[NAME]',
    options: ['kind'],
    settings: 'general',
  },
  'notify preview': {
    summary: 'Show what a notifier would send, or all of them; send nothing.',
    takes: '[NAME]',
    options: ['to', 'from', 'kind', 'all', 'output'],
    settings: 'general',
  },
  'notify snooze': {
    summary: 'Hold all messages of a notifier for a while, such as 2h; none is lost.',
    takes: 'NAME DURATION',
    options: [],
    settings: 'general',
  },
  'notify outbox list': {
    summary: 'Show the messages that are not delivered.',
    takes: '',
    options: [],
    settings: 'general',
  },
  'notify outbox show': {
    summary: 'Show one message that is not delivered, and what it tells of.',
    takes: 'MESSAGE',
    options: [],
    settings: 'general',
  },
  'notify outbox retry': {
    summary: 'Send a message now, also one that was given up; "all" for all of those.',
    takes: 'MESSAGE',
    options: [],
    settings: 'general',
  },
  'notify outbox drop': {
    summary: 'Take a message out of the outbox for good; "all" for all that were given up.',
    takes: 'MESSAGE',
    options: [],
    settings: 'general',
  },
  plugins: { summary: 'Show the plugins in force and how they fare.', takes: '', options: [], settings: 'general' },
  'plugins reload': {
    summary: 'Have the running Belfry read its whole configuration anew.',
    takes: '',
    options: [],
    settings: 'general',
  },
  'plugins new': {
    summary: 'Write a plugin that works, with its test, into this folder.',
    takes: 'NAME',
    options: ['kind', 'package'],
    settings: 'general',
  },
  'plugins test': {
    summary: 'Run tests of plugins: files, or all in a folder; in this one unless given.',
    takes: '[FILE…]',
    options: [],
    settings: 'general',
  },
  'config check': {
    summary: 'Check the configuration and show what it comes to.',
    takes: '[NAME…]',
    options: [],
    settings: 'all',
  },
  'config schema': {
    summary: 'Print the JSON Schema of the configuration file.',
    takes: '',
    options: [],
    settings: 'general',
  },
  doctor: { summary: 'Look for what hinders Belfry, and say what to do.', takes: '', options: [], settings: 'all' },
  demo: { summary: 'Show a whole update on containers made for it.', takes: '', options: [], settings: 'general' },
  help: { summary: 'Show help, also of one command.', takes: '[COMMAND]', options: [], settings: 'general' },
  version: { summary: 'Show the version.', takes: '', options: [], settings: 'general' },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;
export const commandNames = Object.keys(commands) as readonly CommandName[];

/** Words that are no container's name by intent: commands of Watchtower and those still to come. */
export const reservedWords: Readonly<Record<string, string>> = {
  'notify-upgrade': 'This is a command of Watchtower; notifiers are plugins here.',
};

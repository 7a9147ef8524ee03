import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseArguments } from '../../core/cli/arguments.ts';
import { commandNames, commands, sampleChoices } from '../../core/cli/commands.ts';
import { flags } from '../../core/cli/flags.ts';
import { AppErrors } from '../../core/errors/app-error.ts';
import { sampleKinds } from '../../core/notifier/sample.ts';

const parse = (line: string, now?: Date) => parseArguments(line.split(' ').filter(Boolean), now);
const given = (line: string) =>
  Object.fromEntries(parse(line).flags.given.map(({ key, value }) => [key, value] as const));

function problemsOf(line: string): readonly string[] {
  try {
    parse(line);
    return [];
  } catch (error) {
    assert.ok(error instanceof AppErrors);
    return error.errors.map(({ code, message }) => `${code} ${message}`);
  }
}

describe('the command', () => {
  const readings: readonly (readonly [string, string, readonly string[]])[] = [
    ['', 'watch', []],
    ['web db', 'watch', ['web', 'db']],
    ['watch check', 'watch', ['check']],
    ['-- check', 'watch', ['check']],
    ['check', 'check', []],
    ['--json check web', 'check', ['web']],
    ['--interval 5m web', 'watch', ['web']],
    ['update web -- --odd', 'update', ['web', '--odd']],
    ['rollback web', 'rollback', ['web']],
    ['config check', 'config check', []],
    ['config check web', 'config check', ['web']],
    ['config schema', 'config schema', []],
    ['notify test ops', 'notify test', ['ops']],
    ['notify outbox show msg_1', 'notify outbox show', ['msg_1']],
    ['notify snooze ops 2h', 'notify snooze', ['ops', '2h']],
    ['help notify outbox list', 'help', ['notify', 'outbox', 'list']],
    ['notify --help', 'help', ['notify']],
    ['notify outbox --help', 'help', ['notify', 'outbox']],
    ['--help', 'help', []],
    ['-h', 'help', []],
    ['help check', 'help', ['check']],
    ['help config schema', 'help', ['config', 'schema']],
    ['check --help', 'help', ['check']],
    ['config check --help', 'help', ['config', 'check']],
    ['config --help', 'help', ['config']],
    ['web --help', 'help', []],
    ['--help --nonsense', 'help', []],
    ['--version', 'version', []],
    ['version', 'version', []],
  ];
  for (const [line, command, positionals] of readings) {
    test(`of "belfry ${line}" is ${[command, ...positionals].join(' ')}`, () => {
      const read = parse(line);
      assert.deepEqual([read.command, read.positionals], [command, positionals]);
    });
  }

  for (const name of commandNames) {
    test(`${name} is found by its name`, () => {
      const { takes } = commands[name];
      assert.equal(parse(/^[A-Z]/.test(takes) ? `${name} ${takes}` : name).command, name);
    });
  }

  test('is hinted at where a name looks like one misspelled', () => {
    assert.deepEqual(parse('chekc').warnings, [
      'chekc is taken for a container’s name. If a command was meant: belfry check.',
    ]);
    assert.deepEqual(parse('web').warnings, []);
    assert.deepEqual(parse('watch chekc').warnings, []);
  });

  test('of Watchtower, or one still to come, is not taken for a container', () => {
    assert.match(problemsOf('notify-upgrade').join(), /^COMMAND_UNKNOWN There is no command notify-upgrade\./);
    assert.deepEqual(parse('watch approve').positionals, ['approve']);
  });

  test('notify wants to know what to do, at each step', () => {
    assert.match(
      problemsOf('notify').join(),
      /^ARGUMENT_MISSING belfry notify needs one of status, test, preview, snooze, outbox/,
    );
    assert.match(problemsOf('notify outbox').join(), /needs one of list, show, retry, drop/);
    assert.match(problemsOf('notify outbox lst').join(), /^COMMAND_UNKNOWN .*notify outbox lst. Did you mean list\?/);
    assert.match(
      problemsOf('notify outbox show').join(),
      /^ARGUMENT_MISSING belfry notify outbox show needs a MESSAGE/,
    );
  });

  test('that says yes or no needs to know to what', () => {
    for (const command of ['approve', 'deny']) {
      const { command: read, positionals } = parse(`${command} web`);
      assert.deepEqual([read, positionals], [command, ['web']]);
      assert.deepEqual(problemsOf(command), [`ARGUMENT_MISSING belfry ${command} needs a NAME.`]);
    }
  });

  test('config wants to know what to do', () => {
    assert.match(problemsOf('config').join(), /^ARGUMENT_MISSING/);
    assert.match(problemsOf('config shcema').join(), /^COMMAND_UNKNOWN .* Did you mean schema\?/);
  });

  test('help knows commands only', () => {
    assert.match(problemsOf('help chekc').join(), /^COMMAND_UNKNOWN .* Did you mean check\?/);
  });
});

describe('settings as flags', () => {
  test('are read by their kinds, long and short, joined and apart', () => {
    assert.deepEqual(given('--interval 5m --stop-timeout=1m30s -ceS'), {
      interval: 300_000,
      stopTimeout: 90_000,
      cleanup: true,
      labelEnable: true,
      includeStopped: true,
    });
    assert.deepEqual(given('-i 300 -t=10'), { interval: 300_000, stopTimeout: 10_000 });
  });

  test('that are switches may be turned off', () => {
    assert.deepEqual(given('--cleanup=false --no-pull'), { cleanup: false, noPull: true });
  });

  test('that are lists may be repeated and hold commas', () => {
    assert.deepEqual(given('-x a,b --disable-containers c'), { disableContainers: ['a', 'b', 'c'] });
  });

  test('take Watchtower’s names', () => {
    const line = '-R -e -S -m -v --debug --no-startup-message --tlsverify -H tcp://e:1 -a 1.44 --revive-stopped';
    assert.deepEqual(given(line), {
      runOnce: true,
      labelEnable: true,
      includeStopped: true,
      monitorOnly: true,
      tlsVerify: true,
      logLevel: 'debug',
      startupMessage: false,
      host: 'tcp://e:1',
      apiVersion: '1.44',
      reviveStopped: true,
    });
  });

  test('take the names to watch from the arguments of watch and of its check, and only there', () => {
    assert.deepEqual(given('web db-.*'), { names: ['web', 'db-.*'] });
    assert.deepEqual(given('config check web'), { names: ['web'] });
    assert.deepEqual(given('check web'), {});
  });

  test('that Watchtower has and Belfry has not are handed on to be answered', () => {
    const { foreign } = parse('--rolling-restart -n slack').flags;
    assert.deepEqual(
      foreign.map(({ origin, text }) => [origin, text]),
      [
        ['--rolling-restart', 'true'],
        ['-n', 'slack'],
      ],
    );
  });
});

describe('flags of commands', () => {
  const now = new Date('2026-01-02T12:00:00Z');

  test('reach the command', () => {
    assert.equal(parse('check --exit-code').options.exitCode, true);
    assert.deepEqual(parse('update --dry-run --force').options, {
      exitCode: false,
      dryRun: true,
      force: true,
      follow: false,
      since: null,
      limit: null,
      kind: 'gate',
      sample: 'mixed',
      to: 'terminal',
      lastRun: false,
      all: false,
      output: null,
      package: false,
    });
    const { kind, package: asPackage } = parse('plugins new mine --kind hook --package').options;
    assert.deepEqual([kind, asPackage], ['hook', true]);
    assert.match(
      problemsOf('plugins new mine --kind x').join(),
      /^FLAG_INVALID --kind: "x" is not one of gate, health/,
    );
    assert.equal(parse('notify test ops --kind failed').options.sample, 'failed');
    assert.match(problemsOf('notify test --kind gate').join(), /"gate" is not one of mixed, failed/);
    assert.deepEqual(sampleChoices, sampleKinds);
    assert.equal(parse('history web --limit 5').options.limit, 5);
    assert.equal(parse('check --json --no-color').json, true);
    assert.equal(parse('check --json --no-color').noColor, true);
    assert.equal(parse('version --json').json, true);
    assert.equal(parse('--version --json').json, true);
    assert.equal(parse('check --config a.json').flags.config, 'a.json');
  });

  test('tell a moment by a duration or a date', () => {
    assert.deepEqual(parse('events --since 24h', now).options.since, new Date('2026-01-01T12:00:00Z'));
    assert.deepEqual(parse('events --since 2026-01-01T06:00:00Z', now).options.since, new Date('2026-01-01T06:00:00Z'));
    const ago = parseArguments(['events', '--since', '24h ago'], now).options.since;
    assert.deepEqual(ago, new Date('2026-01-01T12:00:00Z'));
    assert.match(problemsOf('events --since yesterday').join(), /^FLAG_INVALID --since: "yesterday" is neither/);
  });
});

describe('what is wrong on a command line', () => {
  const wrongs: readonly (readonly [string, readonly string[]])[] = [
    ['--intervall 5m', ['FLAG_UNKNOWN There is no flag --intervall. Did you mean --interval?']],
    ['-q', ['FLAG_UNKNOWN There is no flag -q.']],
    ['--interval', ['FLAG_INVALID --interval needs a value, as in --interval=VALUE.']],
    ['--interval --cleanup', ['FLAG_INVALID --interval needs a value, as in --interval=VALUE.']],
    ['--cleanup=yes', ['FLAG_INVALID --cleanup: "yes" is not true or false.']],
    ['history --limit 0', ['FLAG_INVALID --limit: "0" is not a whole number from 1 up.']],
    [
      'history --cleanup',
      [
        'FLAG_UNKNOWN belfry history has no --cleanup; it belongs to: watch, check, update, rollback, recover, approve, deny, config check, doctor.',
      ],
    ],
    ['check --dry-run', ['FLAG_UNKNOWN belfry check has no --dry-run; it belongs to: update.']],
    ['rollback', ['ARGUMENT_MISSING belfry rollback needs a NAME.']],
    ['rollback a b', ['ARGUMENT_UNEXPECTED belfry rollback does not know what to do with b.']],
    ['doctor web', ['ARGUMENT_UNEXPECTED belfry doctor does not know what to do with web.']],
    ['update (', ['FLAG_INVALID The name "(" is not a regular expression.']],
  ];
  for (const [line, problems] of wrongs) {
    test(`"belfry ${line}" says so`, () => {
      assert.deepEqual(problemsOf(line), problems);
    });
  }

  test('is told all at once', () => {
    assert.deepEqual(
      problemsOf('rollback web --intervall 5 -i soon --limit 3').map((problem) => problem.split(' ', 1)[0]),
      ['FLAG_UNKNOWN', 'FLAG_INVALID', 'FLAG_UNKNOWN'],
    );
  });

  test('is hinted at where a switch is given its value apart', () => {
    assert.match(parse('--cleanup false').warnings.join(), /joined to it: --flag=false/);
  });

  test('is never two flags by one name or letter', () => {
    const names = flags.flatMap(({ name, short }) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });
});

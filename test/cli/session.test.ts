import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cycleExitCode, exitCodeOf, problemsOf, Stop } from '../../core/cli/session.ts';
import { AppError, AppErrors } from '../../core/errors/app-error.ts';
import { type Code, catalogue } from '../../core/errors/catalogue.ts';
import type { Finished, ReportItem } from '../../core/events.ts';

const exitOf = (code: Code) => exitCodeOf(new AppError(code, ''));

describe('the exit code of a failure', () => {
  test('is 3 where the engine is out of reach, for whatever reason', () => {
    for (const code of ['ENGINE_UNREACHABLE', 'ENGINE_TIMEOUT', 'ENGINE_API_TOO_OLD'] as const) {
      assert.equal(exitOf(code), 3, code);
    }
  });

  test('is 2 where the user can mend it in what they wrote', () => {
    for (const code of [
      'CONFIG_SYNTAX',
      'FLAG_UNKNOWN',
      'SECRET_MISSING',
      'PLUGIN_NOT_FOUND',
      'PLUGIN_SETUP_FAILED',
      'ENGINE_HOST_INVALID',
    ] as const) {
      assert.equal(exitOf(code), 2, code);
    }
  });

  test('is 1 for everything else, foreseen or not', () => {
    for (const error of [new Error('x'), 'x', undefined, new AppErrors([])]) assert.equal(exitCodeOf(error), 1);
    for (const code of ['JOURNAL_FAILED', 'UNEXPECTED', 'BUSY', 'REGISTRY_FAILED'] as const)
      assert.equal(exitOf(code), 1);
  });

  test('is one that the command line promises, for every code there is', () => {
    for (const code of Object.keys(catalogue) as Code[]) assert.ok([1, 2, 3].includes(exitOf(code)));
  });

  test('of several is that of the first', () => {
    const errors = [new AppError('ENGINE_UNREACHABLE', ''), new AppError('CONFIG_SYNTAX', '')];
    assert.equal(exitCodeOf(new AppErrors(errors)), 3);
  });
});

test('all of several problems are told', () => {
  const errors = [new AppError('CONFIG_SYNTAX', 'a'), new AppError('FLAG_UNKNOWN', 'b')];
  assert.deepEqual(
    problemsOf(new AppErrors(errors)).map(({ code }) => code),
    ['CONFIG_SYNTAX', 'FLAG_UNKNOWN'],
  );
  assert.deepEqual(
    problemsOf('x').map(({ code, message }) => [code, message]),
    [['UNEXPECTED', 'x']],
  );
});

describe('the exit code of a cycle', () => {
  const item = (state: ReportItem['state'], code: string, outcome: ReportItem['outcome'] = null) =>
    ({ state, outcome, problem: { code } }) as unknown as ReportItem;
  const after = (items: readonly ReportItem[], signal: AbortSignal) => {
    const failed = items.filter(({ state }) => state === 'failed').length;
    return cycleExitCode({ counts: { failed } as Finished['counts'], items }, signal);
  };
  const quiet = new AbortController().signal;
  const stopped = AbortSignal.abort(new Stop('SIGTERM'));

  test('is 0 where all was done, also after a signal', () => {
    assert.deepEqual([after([], quiet), after([], stopped)], [0, 0]);
    assert.equal(after([item('skipped', 'GATE_REFUSED')], stopped), 0);
  });

  test('is that of the signal where it left something undone', () => {
    const left = [item('skipped', 'CYCLE_STOPPED'), item('failed', 'STOPPED_BY_SIGNAL', 'rolled-back')];
    assert.equal(after(left, stopped), 143);
    assert.equal(after(left, AbortSignal.abort(new Stop('SIGINT'))), 130);
    assert.equal(after(left, AbortSignal.any([quiet, stopped])), 143);
  });

  test('is 1 where something failed, or the Belfry that had taken the request was stopped', () => {
    assert.equal(after([item('skipped', 'CYCLE_STOPPED'), item('failed', 'UNHEALTHY', 'rolled-back')], stopped), 1);
    assert.equal(after([item('failed', 'STOPPED_BY_SIGNAL', 'down')], stopped), 1);
    assert.equal(after([item('skipped', 'CYCLE_STOPPED')], quiet), 1);
  });
});

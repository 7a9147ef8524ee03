import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { Parts } from '../../core/app.ts';
import { parseArguments } from '../../core/cli/arguments.ts';
import { eventLog, history } from '../../core/cli/history.ts';
import { openStateFolder } from '../../core/journal/state-folder.ts';

const engineId = 'ENGINE';

/** What a command prints on a machine where only these scopes have a journal. */
async function run(t: TestContext, { line, scopes }: { line: string; scopes: readonly (string | null)[] }) {
  const explicit = mkdtempSync(join(tmpdir(), 'belfry-test-'));
  t.after(() => rmSync(explicit, { recursive: true }));
  for (const scope of scopes) {
    const { path = '' } = await openStateFolder({ explicit, env: {}, engineId, scope });
    writeFileSync(join(path, 'journal.jsonl'), 'not a record\n');
  }
  const args = parseArguments(line.split(' '));
  const scope = args.flags.given.find(({ key }) => key === 'scope')?.value ?? null;
  const settings = { stateFolder: explicit, scope: scope === 'none' ? null : scope };
  const parts = { engine: { info: async () => ({ id: engineId }) }, env: {}, loaded: { settings } } as unknown as Parts;
  const [out, notes]: [string[], string[]] = [[], []];
  const terminal = {
    print: (text: string) => void out.push(text),
    note: (text: string) => void notes.push(text),
    progress: () => {},
    style: (_: string, text: string) => text,
    columns: undefined,
  };
  const session = { args, parts, terminal, loaded: parts.loaded, env: {}, signal: AbortSignal.abort() };
  const code = await (args.command === 'history' ? history : eventLog)(session);
  return { code, out, notes };
}

describe('a journal that is empty', () => {
  test('says so, and nothing else where there is no other', async (t) => {
    const { code, out, notes } = await run(t, { line: 'history', scopes: [] });
    assert.deepEqual([code, out, notes], [0, ['nothing has been updated yet'], []]);
  });

  test('names the scopes that have one, for history and events', async (t) => {
    const there = 'this is the journal of containers without a scope; there is another for --scope blue';
    for (const line of ['history', 'history --json', 'events']) {
      assert.deepEqual((await run(t, { line, scopes: ['blue'] })).notes, [there], line);
    }
    const { notes } = await run(t, { line: 'history --scope blue', scopes: [null, 'blue'] });
    assert.deepEqual(notes, ['this is the journal of the scope blue; there is another for --scope none']);
  });

  test('does not say of a name that nothing has been updated', async (t) => {
    const { out } = await run(t, { line: 'history nosuch', scopes: [] });
    assert.deepEqual(out, ['nothing called nosuch has been updated yet']);
  });
});

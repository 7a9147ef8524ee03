import { Readable } from 'node:stream';
import { spec } from 'node:test/reporters';
import { idsOf } from './failure-modes/named-tests.ts';
import { hasReason, readRows } from './failure-modes/table.ts';

interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly nesting?: number;
    readonly message?: string;
    readonly skip?: unknown;
    readonly todo?: unknown;
  };
}

/** The runner's own report; before its closing lines it counts the failure modes that this run has proven. */
export async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  yield* Readable.from(counted(source)).pipe(new spec()) as AsyncIterable<string>;
}

async function* counted(source: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
  const passed = new Set<string>();
  const failed = new Set<string>();
  let told = false;
  for await (const event of source) {
    const { type, data } = event;
    const ids = idsOf(data.name ?? '');
    if (type === 'test:pass' && !data.skip && !data.todo) for (const id of ids) passed.add(id);
    if (type === 'test:fail') for (const id of ids) failed.add(id);
    if (!told && type === 'test:diagnostic' && data.nesting === 0 && /^tests \d/.test(data.message ?? '')) {
      told = true;
      yield { type, data: { ...data, message: summary(passed, failed) } };
    }
    yield event;
  }
}

function summary(passed: ReadonlySet<string>, failed: ReadonlySet<string>): string {
  const rows = readRows();
  const proven = [...passed].filter((id) => !failed.has(id));
  const reasons = rows.filter(hasReason);
  const counts = `${proven.length} with a passing test, ${reasons.length} with a reason why they cannot happen`;
  const broken = failed.size === 0 ? '' : `, ${failed.size} with a failing test (${[...failed].join(', ')})`;
  return `failure modes: of ${rows.length}, ${counts}${broken}`;
}

import assert from 'node:assert/strict';
import type { Death } from './mortal.ts';

const full = process.env.BELFRY_FULL_MATRIX === '1';

/** Every place in so many calls at which a process can die. */
export function deaths(calls: number): readonly Death[] {
  const numbers = Array.from({ length: calls }, (_, index) => index + 1);
  return numbers.flatMap((call) => [
    { call, phase: 'before' },
    { call, phase: 'after' },
  ]);
}

/** Every `nth` of the items, another share of them for each `turn`; all of them where the full matrix is asked for. */
export function share<Item>(items: readonly Item[], nth: number, turn: number): readonly Item[] {
  return full ? items : items.filter((_, at) => at % nth === turn % nth);
}

export const told = ({ call, phase }: Death) => `killed ${phase} call ${call}`;

/** Goes through all points before it complains about any. */
export function createFindings() {
  const wrong: string[] = [];
  let points = 0;
  return {
    async check(what: string, checked: Promise<void>): Promise<void> {
      points += 1;
      await checked.catch((error: Error) => wrong.push(`${what}: ${error.message}`));
    },
    summary(): string {
      assert.ok(wrong.length === 0, `${wrong.length} of ${points} points:\n${wrong.join('\n')}`);
      return `${points} points`;
    },
  };
}

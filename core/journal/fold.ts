import { foldApprovals } from './fold/approvals.ts';
import { foldCycles } from './fold/cycles.ts';
import { foldGivenUp } from './fold/given-up.ts';
import { foldLastWords } from './fold/last-words.ts';
import { foldLeftovers } from './fold/leftovers.ts';
import { foldPositions } from './fold/positions.ts';
import { foldRejections } from './fold/rejections.ts';
import { foldReplacements } from './fold/replacements.ts';
import { foldSightings } from './fold/sightings.ts';
import { foldSnoozes } from './fold/snoozes.ts';
import { foldTold } from './fold/told.ts';
import { foldUnchecked } from './fold/unchecked.ts';
import type { Memory } from './port.ts';
import type { JournalRecord } from './record.ts';

/** What is remembered of all records so far. */
export interface Fold {
  readonly memory: Memory;
  apply(record: JournalRecord): void;
  /** The first record of a cycle that did not finish: from there on nothing may be missing. */
  unfinishedFrom(): number | undefined;
  /**
   * The `seq` of every record that the rest of the memory rests on: folding only these gives the same. What a cycle
   * needs is not among them, because a failure or a sighting that was superseded since would come back with it.
   */
  needs(keepInstance?: (instance: string, lastHeard: string) => boolean): ReadonlySet<number>;
}

export function createFold(): Fold {
  const rejections = foldRejections();
  const sightings = foldSightings();
  const replacements = foldReplacements();
  const leftovers = foldLeftovers();
  const cycles = foldCycles();
  const positions = foldPositions();
  const approvals = foldApprovals();
  const told = foldTold();
  const givenUp = foldGivenUp();
  const snoozes = foldSnoozes();
  const unchecked = foldUnchecked();
  const lastWords = foldLastWords();
  const ofInstances = [positions, told, givenUp, snoozes, lastWords];
  const parts = [rejections, sightings, replacements, leftovers, cycles, approvals, unchecked, ...ofInstances];
  return {
    memory: {
      rejected: rejections.rejected,
      leftByHand: rejections.leftByHand,
      firstSeen: sightings.firstSeen,
      openIntents: replacements.openIntents,
      downIntents: replacements.downIntents,
      leftBehind: leftovers.leftBehind,
      openCycles: cycles.openCycles,
      position: positions.position,
      lastTold: told.lastTold,
      troubles: told.troubles,
      givenUp: givenUp.givenUp,
      snoozedUntil: snoozes.snoozedUntil,
      lastWord: lastWords.lastWord,
      approval: approvals.approval,
      uncheckedSince: unchecked.uncheckedSince,
    },
    apply(record) {
      for (const part of parts) part.apply(record);
    },
    unfinishedFrom: cycles.oldest,
    needs: (keepInstance = () => true) =>
      new Set([
        ...[...rejections.needs(), ...sightings.needs(), ...replacements.needs(), ...leftovers.needs()],
        ...ofInstances.flatMap((part) => part.needs(keepInstance)),
        ...[...approvals.needs(), ...unchecked.needs()],
      ]),
  };
}

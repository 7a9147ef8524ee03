import type { Objection } from '../decide.ts';

/** Something spoke against an update at the last moment; nothing was stopped. */
export class Refused extends Error {
  readonly objection: Objection;

  constructor(objection: Objection) {
    super(objection.reason);
    this.objection = objection;
  }
}

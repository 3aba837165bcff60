import type { Leg } from '../api/types';

/** What a check that has ended says: a member is well only if its last leg has passed. A walk that ended before proves nothing. */
export interface WalkOutcome {
  isAllWell: boolean;
  /** Members of whom nothing is known beyond the legs that are shown: neither the last leg came, nor one that failed. */
  unknown: number[];
}

/** @param members how many the pair has */
export function outcomeOf(legs: readonly Leg[], members: number): WalkOutcome {
  const all = Array.from({ length: members }, (_, member) => legs.filter((leg) => leg.member === member).at(-1));
  return {
    isAllWell: members > 0 && all.every((leg) => leg !== undefined && leg.passed && leg.isLast),
    unknown: all.flatMap((leg, member) => (leg === undefined || (leg.passed && !leg.isLast) ? [member] : [])),
  };
}

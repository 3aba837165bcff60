import type { PairStatus, Status } from '../api/types';

/** One look at a pair. Rates are per second; null where nothing can be said. */
export interface Sample {
  at: number;
  values: number | null;
  requests: number | null;
  roundTrips: (number | null)[];
}

/** At two a second: ten minutes. */
const KEPT = 1200;
/** Counters of two looks that are closer than this give rates that only jump. */
const SPACING_MS = 450;

interface Track {
  samples: Sample[];
  last: { at: number; values: number; requests: number } | null;
}

const tracks = new Map<string, Track>();

/** @param at milliseconds since 1970 */
export function note(status: Status, at: number): void {
  for (const pair of status.pairs) {
    notePair(pair, at);
  }
  for (const name of tracks.keys()) {
    if (!status.pairs.some((pair) => pair.name === name)) {
      tracks.delete(name);
    }
  }
}

function notePair(pair: PairStatus, at: number): void {
  const track = tracks.get(pair.name) ?? { samples: [], last: null };
  tracks.set(pair.name, track);
  const { last } = track;
  if (last !== null && at - last.at < SPACING_MS) {
    return;
  }
  const rate = (now: number, before: number | undefined): number | null =>
    last === null || before === undefined || now < before ? null : ((now - before) * 1000) / (at - last.at);
  track.samples.push({
    at,
    values: rate(pair.valuesDelivered, last?.values),
    requests: rate(pair.requestsDone, last?.requests),
    roundTrips: pair.members.map((member) => (member.connected ? member.roundTripMs : null)),
  });
  if (track.samples.length > KEPT) {
    track.samples.splice(0, track.samples.length - KEPT);
  }
  track.last = { at, values: pair.valuesDelivered, requests: pair.requestsDone };
}

export function samplesOf(pair: string): readonly Sample[] {
  return tracks.get(pair)?.samples ?? [];
}

/** The newest rates, over the last three seconds, so that they can be read. */
export function ratesOf(pair: string): { values: number | null; requests: number | null } {
  const samples = samplesOf(pair);
  const newest = samples[samples.length - 1];
  if (!newest) {
    return { values: null, requests: null };
  }
  const recent: Sample[] = [];
  for (let i = samples.length - 1; i >= 0 && newest.at - samples[i]!.at <= 3_000; i--) {
    recent.push(samples[i]!);
  }
  const mean = (of: (sample: Sample) => number | null): number | null => {
    const known = recent.map(of).filter((value): value is number => value !== null);
    return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
  };
  return { values: mean((s) => s.values), requests: mean((s) => s.requests) };
}

import type { EventRecord, PairStatus } from '../api/types';

/** Who served from when to when. Times in milliseconds since 1970. */
export interface Segment {
  from: number;
  to: number;
  /** Index of the member, or what there was in its place. */
  side: number | 'none' | 'disabled' | 'unknown';
}

/** The kinds of records that say where the clients were. */
export const PLACE_KINDS = ['PROMOTED', 'STRANDED', 'ENABLED', 'DISABLED', 'SWITCH_FAILED'] as const;

function memberOf(pair: PairStatus, machine: unknown): number | 'unknown' {
  const member = pair.members.find((each) => each.machine === machine);
  return member ? member.index : 'unknown';
}

/**
 * Takes records apart into segments of one side each, up to now. What was before the first record follows from it: a
 * promotion names where it came from.
 *
 * @param records of {@link PLACE_KINDS}, in any order
 */
export function segments(pair: PairStatus, records: readonly EventRecord[], from: number, now: number): Segment[] {
  const sorted = records
    .filter((record) => record.kind !== 'SWITCH_FAILED')
    .map((record) => ({ record, at: Date.parse(record.at) }))
    .sort((a, b) => a.at - b.at);
  const current: Segment['side'] = !pair.enabled ? 'disabled' : pair.active === null ? 'none' : pair.active;
  const found: Segment[] = [];
  let side: Segment['side'] = sorted[0] ? before(pair, sorted[0].record) : current;
  let since = Number.NEGATIVE_INFINITY;
  const end = (to: number, next: Segment['side']) => {
    if (to > from && to > since) {
      found.push({ from: Math.max(from, since), to, side });
    }
    since = to;
    side = next;
  };
  for (const { record, at } of sorted) {
    end(Math.min(at, now), after(pair, record));
  }
  if (side !== current && sorted.length > 0) {
    // The first connection after an enable is no promotion and has no record of its own.
    side = current;
  }
  end(now, side);
  return found.reduce<Segment[]>((merged, segment) => {
    const last = merged[merged.length - 1];
    if (last && last.side === segment.side && last.to === segment.from) {
      last.to = segment.to;
      return merged;
    }
    return [...merged, { ...segment }];
  }, []);
}

function before(pair: PairStatus, record: EventRecord): Segment['side'] {
  switch (record.kind) {
    case 'PROMOTED':
    case 'STRANDED':
      return memberOf(pair, record.fields?.['from']);
    case 'ENABLED':
      return 'disabled';
    default:
      return 'unknown';
  }
}

function after(pair: PairStatus, record: EventRecord): Segment['side'] {
  switch (record.kind) {
    case 'PROMOTED':
      return memberOf(pair, record.fields?.['to']);
    case 'STRANDED':
      return 'none';
    case 'DISABLED':
      return 'disabled';
    default:
      return 'unknown';
  }
}

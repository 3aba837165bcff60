import type { EventRecord } from '../api/types';

/** As many as a pair can keep. */
const KEPT_MAX = 30_000;

/** Newest first, each once. @param newer perhaps newer than the others, or among them */
export function joined(newer: readonly EventRecord[], others: readonly EventRecord[]): EventRecord[] {
  const newest = others[0]?.number ?? -1;
  return [...newer.filter((record) => record.number > newest), ...others].slice(0, KEPT_MAX);
}

import { useEffect, useState } from 'react';
import { get, pairPath, query } from '../api/http';
import type { EventRecord } from '../api/types';
import { PLACE_KINDS } from '../model/timeline';
import { onRecord, useStore } from './store';

/** As many as the service gives at once. */
const PLACES_MAX = 1000;
const NONE: EventRecord[] = [];

/** The records of a pair that say where its clients were and why, newest first; grows as they come. */
export function usePlaces(pair: string): EventRecord[] {
  const [known, setKnown] = useState({ pair, records: NONE });
  const connected = useStore((s) => (s.lostSince === null ? s.missed : -1));
  useEffect(() => {
    const controller = new AbortController();
    const merge = (more: EventRecord[]) =>
      setKnown((now) => {
        const all = new Map([...now.records, ...more].map((record) => [record.number, record]));
        return { pair, records: [...all.values()].sort((a, b) => b.number - a.number) };
      });
    setKnown({ pair, records: NONE });
    get<{ records: EventRecord[] }>(pairPath(pair, '/records') + query({ kind: PLACE_KINDS.join(','), limit: PLACES_MAX }), controller.signal).then(
      (answer) => merge(answer.records),
      // What cannot be had now is asked for again when the service is back; the rest of the page says that it is away.
      () => undefined,
    );
    const end = onRecord((record) => {
      if (record.pair === pair && (PLACE_KINDS as readonly string[]).includes(record.kind)) {
        merge([record]);
      }
    });
    return () => {
      controller.abort();
      end();
    };
  }, [pair, connected]);
  return known.pair === pair ? known.records : NONE;
}

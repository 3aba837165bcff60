import { useCallback, useEffect, useRef, useState } from 'react';
import { get, pairPath, query, sentence } from '../api/http';
import type { EventRecord, Severity } from '../api/types';
import { joined } from '../model/records';
import { onRecord, useStore } from './store';

export interface RecordFilter {
  severity: Severity | '';
  text: string;
  from: string;
  to: string;
}

export const NO_FILTER: RecordFilter = { severity: '', text: '', from: '', to: '' };

const PAGE = 1000;
const RANK: Record<Severity, number> = { informational: 0, warning: 1, error: 2 };

/** Whether a record that has just come belongs to what is shown; the service judges those that it is asked for. */
export function fits(record: EventRecord, filter: RecordFilter): boolean {
  if (filter.severity && RANK[record.severity] < RANK[filter.severity]) {
    return false;
  }
  if ((filter.from && record.at < instant(filter.from)) || (filter.to && record.at >= instant(filter.to))) {
    return false;
  }
  const wanted = filter.text.trim().toLowerCase();
  return wanted === '' || `${record.text}\n${record.client}`.toLowerCase().includes(wanted);
}

function instant(local: string): string {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

function parameters(filter: RecordFilter): Record<string, string | undefined> {
  return {
    severity: filter.severity || undefined,
    text: filter.text.trim() || undefined,
    since: instant(filter.from) || undefined,
    until: instant(filter.to) || undefined,
  };
}

/** What the shown records are called when they are saved. */
export function exportPath(pair: string, filter: RecordFilter, format: 'text' | 'csv' | 'json'): string {
  return `/api/v1${pairPath(pair, '/records/export')}${query({ format, ...parameters(filter) })}`;
}

/**
 * The records of a pair, newest first: the newest page at once, older ones as they are asked for, new ones as they come.
 */
export function useRecords(pair: string, filter: RecordFilter) {
  const [records, setRecords] = useState<EventRecord[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [complete, setComplete] = useState(false);
  const [fresh, setFresh] = useState(0);
  const busy = useRef(false);
  const asked = useRef(0);
  const connected = useStore((s) => (s.lostSince === null ? s.missed : -1));
  const key = JSON.stringify(filter);

  useEffect(() => {
    const mine = ++asked.current;
    const wanted = JSON.parse(key) as RecordFilter;
    const controller = new AbortController();
    busy.current = true;
    setComplete(false);
    // What comes before the answer may be newer than the answer.
    let early: EventRecord[] | null = [];
    get<{ records: EventRecord[] }>(pairPath(pair, '/records') + query({ limit: PAGE, ...parameters(wanted) }), controller.signal)
      .then((answer) => {
        if (asked.current === mine) {
          setRecords(joined(early ?? [], answer.records.reverse()));
          setComplete(answer.records.length < PAGE);
          setProblem(null);
        }
      })
      .catch((e: unknown) => {
        if (!controller.signal.aborted) {
          setProblem(sentence(e));
        }
      })
      .finally(() => {
        early = null;
        if (asked.current === mine) {
          busy.current = false;
        }
      });
    const end = onRecord((record) => {
      if (record.pair === pair && fits(record, wanted)) {
        early?.unshift(record);
        setRecords((now) => joined([record], now));
      }
    });
    return () => {
      controller.abort();
      end();
    };
    // Records that came while the service was not heard are asked for when it is back.
  }, [pair, key, connected, fresh]);

  const older = useCallback(() => {
    const last = records[records.length - 1];
    if (busy.current || complete || !last) {
      return;
    }
    busy.current = true;
    const mine = asked.current;
    get<{ records: EventRecord[] }>(pairPath(pair, '/records') + query({ limit: PAGE, before: last.number, ...parameters(JSON.parse(key) as RecordFilter) }))
      .then((answer) => {
        if (asked.current === mine) {
          setRecords((now) => [...now, ...answer.records.reverse()]);
          setComplete(answer.records.length < PAGE);
        }
      })
      .catch(() => setComplete(true))
      .finally(() => {
        busy.current = false;
      });
  }, [pair, key, records, complete]);

  return { records, problem, complete, older, again: () => setFresh((n) => n + 1) };
}

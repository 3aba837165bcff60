import { Button } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import { get, query, sentence } from '../../api/http';
import type { AuditEntry } from '../../api/types';
import { dateTimeOf } from '../../ui/clock';
import { Notice } from '../../ui/Notice';
import { CardHead } from '../../ui/CardHead';
import { Table } from '../../ui/Table';

const PAGE = 200;

/** Who did what, from where, when, and what came of it. */
export function Audit() {
  const [entries, setEntries] = useState<AuditEntry[]>([]);
  const [complete, setComplete] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const load = useCallback(async (before?: number) => {
    try {
      const answer = await get<{ entries: AuditEntry[] }>('/audit' + query({ limit: PAGE, before }));
      const newestFirst = [...answer.entries].sort((a, b) => b.number - a.number);
      setEntries((now) => (before === undefined ? newestFirst : [...now, ...newestFirst]));
      setComplete(answer.entries.length < PAGE);
      setProblem(null);
    } catch (e) {
      setProblem(sentence(e));
    }
  }, []);
  useEffect(() => void load(), [load]);
  return (
    <section className="card">
      <CardHead title="Audit">
        <Button variant="default" onClick={() => void load()}>
          Refresh
        </Button>
      </CardHead>
      {problem && <Notice tone="bad">{problem}</Notice>}
      <Table heads={['When', 'Who', 'From', 'What', 'Of', 'Detail', 'Outcome']}>
        {entries.map((entry) => (
          <tr key={entry.number}>
            <td className="num">{dateTimeOf(entry.at)}</td>
            <td>{entry.user}</td>
            <td className="mono">{entry.address}</td>
            <td>{entry.action}</td>
            <td>{entry.target}</td>
            <td>{entry.detail}</td>
            <td>{entry.outcome}</td>
          </tr>
        ))}
      </Table>
      {!complete && entries.length > 0 && (
        <div className="card-body">
          <Button variant="default" onClick={() => void load(entries[entries.length - 1]!.number)}>
            Older ones
          </Button>
        </div>
      )}
    </section>
  );
}

import { Button, TextInput } from '@mantine/core';
import { memo, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { get, query } from '../api/http';
import type { EventRecord, PairStatus } from '../api/types';
import { fine, span, whole } from '../model/duration';
import { causeOf, inShort, memberHealth, pairTone, roleOf } from '../model/words';
import { formatRoute, go } from '../state/route';
import { onRecord, useStore } from '../state/store';
import { ratesOf } from '../state/trends';
import { dateTimeOf, useNow } from '../ui/clock';
import { Icon, PairIcon, Shape, StateWord } from '../ui/Shape';
import { VirtualList } from '../ui/VirtualList';
import { useIsNarrow } from '../ui/useNarrow';
import { CardHead } from '../ui/CardHead';
import { Table } from '../ui/Table';
import { may } from './actions';
import { count } from './live/Topology';
import { openDialog } from './open';
import { EventDetail } from './EventDetail';
import { whatHappened } from './live/Timeline';

/** All pairs at one look: what flows where, what is not well, what has just happened. */
export function Overview() {
  // Drawn in pieces, so that the page answers meanwhile: it is the largest there is.
  const status = useDeferredValue(
    useStore((s) => s.status),
    null,
  );
  const [filter, setFilter] = useState('');
  if (!status) {
    return <p className="empty">Loading …</p>;
  }
  const wanted = filter.trim().toLowerCase();
  const shown = wanted === '' ? status.pairs : status.pairs.filter((pair) => `${pair.name} ${inShort(pair)} ${pair.members.map((m) => m.machine).join(' ')}`.toLowerCase().includes(wanted));
  return (
    <div className="page" data-help="overview">
      <div className="row">
        <h1>Overview</h1>
        <span className="grow" />
        {may('engineer') && (
          <Button leftSection={<Icon name="add" />} onClick={() => openDialog({ dialog: 'add' })}>
            Add redundancy
          </Button>
        )}
      </div>
      <Tiles pairs={status.pairs} />
      {status.pairs.length === 0 ? (
        <section className="card">
          <div className="empty">
            <p>There are no redundant server configurations yet.</p>
            {may('engineer') && (
              <button type="button" className="helpline plain-link" onClick={() => openDialog({ dialog: 'add' })}>
                Click here to add redundancy to a server.
              </button>
            )}
          </div>
        </section>
      ) : (
        <Pairs pairs={shown} total={status.pairs.length} filter={filter} onFilter={setFilter} />
      )}
      <Recent pairs={status.pairs} />
    </div>
  );
}

function Tiles({ pairs }: { pairs: PairStatus[] }) {
  const now = useNow();
  const startedAt = useStore((s) => s.status?.startedAt ?? null);
  const serving = pairs.filter((pair) => pair.phase === 'serving').length;
  const enabled = pairs.filter((pair) => pair.enabled).length;
  const trouble = pairs.filter((pair) => pairTone(pair) === 'bad').length;
  const noSpare = pairs.filter((pair) => pairTone(pair) === 'warn').length;
  const sum = (of: (pair: PairStatus) => number) => pairs.reduce((total, pair) => total + of(pair), 0);
  return (
    <section className="tiles" aria-label="Sums">
      <Tile number={`${serving} of ${enabled}`} word="enabled pairs serve" tone={serving === enabled ? 'good' : 'bad'} />
      <Tile number={String(trouble)} word="without any server" tone={trouble === 0 ? 'good' : 'bad'} />
      <Tile number={String(noSpare)} word="without a spare server" tone={noSpare === 0 ? 'good' : 'warn'} />
      <Tile number={whole(sum((pair) => pair.sessions))} word="client sessions" />
      <Tile number={count(sum((pair) => ratesOf(pair.name).values ?? 0))} word="values per second" />
      <Tile number={startedAt ? span(now - Date.parse(startedAt)) : '–'} word="since the service started" />
    </section>
  );
}

function Tile({ number, word, tone }: { number: string; word: string; tone?: 'good' | 'warn' | 'bad' }) {
  return (
    <div className="tile">
      <b>{number}</b>
      <span className="muted small state-word">
        {tone && <Shape tone={tone} size={12} />} {word}
      </span>
    </div>
  );
}

const ROW = 56;
const NARROW_ROW = 104;
const SEEN_MAX = 12;

function Pairs({ pairs, total, filter, onFilter }: { pairs: PairStatus[]; total: number; filter: string; onFilter: (filter: string) => void }) {
  const narrow = useIsNarrow();
  const rowHeight = narrow ? NARROW_ROW : ROW;
  return (
    <section className="card" aria-label="Topology of all pairs">
      <CardHead title="Pairs" beside={<span className="muted small">clients, Tandem, servers</span>}>
        {total > 6 && <TextInput size="xs" aria-label="Filter pairs" placeholder={`Filter ${total} pairs`} value={filter} leftSection={<Icon name="search" />} onChange={(e) => onFilter(e.currentTarget.value)} />}
      </CardHead>
      <div style={{ height: Math.min(Math.max(pairs.length, 1), SEEN_MAX) * rowHeight }}>
        <VirtualList label="Pairs with their servers" count={pairs.length} rowHeight={rowHeight} row={(i) => <PairLine pair={pairs[i]!} />} />
      </div>
    </section>
  );
}

const PairLine = memo(function PairLine({ pair }: { pair: PairStatus }) {
  const rates = ratesOf(pair.name);
  return (
    <a className="pairline" href={formatRoute({ page: 'pair', pair: pair.name, tab: 'live' })}>
      <PairIcon enabled={pair.enabled} />
      <span className="cut">
        <b>{pair.name}</b>
        <br />
        <span className="small">
          <StateWord tone={pairTone(pair)}>{inShort(pair)}</StateWord>
        </span>
      </span>
      <span className="small num muted pl-clients">
        {pair.sessions} {pair.sessions === 1 ? 'session' : 'sessions'}
        <br />
        {count(rates.values)} values/s
      </span>
      <MiniTopology pair={pair} />
      <span className="pl-members">
        {pair.members.map((member) => {
          const health = memberHealth(pair, member);
          return (
            <span key={member.index} className={`pl-member ${member.active ? 'active' : ''}`} title={`${roleOf(member.index)}: ${member.machine}\n${health.word}. ${member.evidence}`}>
              <Shape tone={health.tone} size={12} />
              <span className="unseen">
                {roleOf(member.index)} {health.word} {member.active ? 'active' : ''}
              </span>
              <span className="cut mono">{member.machine.replace(/^opc\.tcp:\/\//, '')}</span>
              <span className="num muted">{fine(member.roundTripMs)}</span>
            </span>
          );
        })}
      </span>
    </a>
  );
});

/** From the clients through Tandem to each server; the thick line carries what flows. */
function MiniTopology({ pair }: { pair: PairStatus }) {
  const h = 44;
  const ys = pair.members.map((_, i) => (h / (pair.members.length + 1)) * (i + 1));
  return (
    <svg className="mini" width={116} height={h} aria-hidden="true">
      <path className={`edge ${pair.enabled && pair.sessions > 0 ? 'flows' : 'off'}`} d={`M4 ${h / 2} H46`} />
      {pair.members.map((member, i) => (
        <path
          key={member.index}
          className={`edge ${!pair.enabled ? 'off' : member.active && pair.phase === 'serving' ? 'flows' : member.connected ? 'ready' : pair.mode === 'cold' ? 'off' : 'broken'}`}
          d={`M62 ${h / 2} C86 ${h / 2} 86 ${ys[i]} 112 ${ys[i]}`}
        />
      ))}
      <circle className="node" cx={6} cy={h / 2} r={4.5} />
      <rect className="node serves" x={46} y={h / 2 - 8} width={16} height={16} rx={4} />
    </svg>
  );
}

const KINDS = ['PROMOTED', 'STRANDED', 'SWITCH_FAILED'];
const LATEST_MAX = 40;

/** The latest switches of all pairs, each with its reason. */
function Recent({ pairs }: { pairs: PairStatus[] }) {
  const [records, setRecords] = useState<EventRecord[]>([]);
  const [detail, setDetail] = useState<EventRecord | null>(null);
  const connected = useStore((s) => (s.lostSince === null ? s.missed : -1));
  useEffect(() => {
    const controller = new AbortController();
    const merge = (more: EventRecord[]) =>
      setRecords((now) => {
        const all = new Map([...now, ...more].map((record) => [`${record.pair} ${record.number}`, record]));
        return [...all.values()].sort((a, b) => b.at.localeCompare(a.at)).slice(0, LATEST_MAX);
      });
    get<{ records: EventRecord[] }>('/records' + query({ kind: KINDS.join(','), limit: LATEST_MAX }), controller.signal).then((answer) => merge(answer.records), () => undefined);
    const end = onRecord((record) => {
      if (KINDS.includes(record.kind)) {
        merge([record]);
      }
    });
    return () => {
      controller.abort();
      end();
    };
  }, [connected]);
  const byName = useMemo(() => new Map(pairs.map((pair) => [pair.name, pair])), [pairs]);
  return (
    <section className="card" aria-label="Latest switches">
      <CardHead title="Latest switches" />
      {records.length === 0 ? (
        <p className="empty">No pair has switched.</p>
      ) : (
        <Table heads={['When', 'Pair', 'What', 'Why', 'Took']} bounded>
          {records.map((record) => {
            const pair = byName.get(record.pair);
            return (
              <tr key={`${record.pair} ${record.number}`}>
                <td className="num">{dateTimeOf(record.at)}</td>
                <td>
                  {pair ? (
                    <button type="button" className="helpline plain-link" onClick={() => go({ page: 'pair', pair: record.pair, tab: 'live' })}>
                      {record.pair}
                    </button>
                  ) : (
                    record.pair
                  )}
                </td>
                <td>
                  <button type="button" className="helpline plain-link" onClick={() => setDetail(record)}>
                    {pair ? whatHappened(pair, record) : record.text}
                  </button>
                </td>
                <td>{causeOf(record)}</td>
                <td className="num">{typeof record.fields?.['durationMs'] === 'number' ? fine(record.fields['durationMs']) : ''}</td>
              </tr>
            );
          })}
        </Table>
      )}
      {detail && <EventDetail record={detail} onClose={() => setDetail(null)} />}
    </section>
  );
}

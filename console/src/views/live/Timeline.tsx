import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { EventRecord, PairStatus } from '../../api/types';
import { fine, span } from '../../model/duration';
import { segments, type Segment } from '../../model/timeline';
import { causeOf, roleOf } from '../../model/words';
import { usePlaces } from '../../state/places';
import { useNow } from '../../ui/clock';
import { dateTimeOf } from '../../ui/clock';
import { Shape } from '../../ui/Shape';
import { useWidth } from '../../ui/useWidth';
import { CardHead } from '../../ui/CardHead';
import { Table } from '../../ui/Table';
import { EventDetail } from '../EventDetail';

const DAY = '86400000';
const SPANS = [
  { value: '3600000', label: '1 h' },
  { value: DAY, label: '24 h' },
  { value: '604800000', label: '7 d' },
  { value: '2592000000', label: '30 d' },
];

/** Which server had the clients when, and for each switch why. */
export function Timeline({ pair }: { pair: PairStatus }) {
  // Of this pair only; the control itself stays where one goes from pair to pair.
  const [chosen, setChosen] = useState({ pair: pair.name, length: DAY });
  const length = chosen.pair === pair.name ? chosen.length : DAY;
  const [detail, setDetail] = useState<EventRecord | null>(null);
  const records = usePlaces(pair.name);
  const now = useNow();
  const from = now - Number(length);
  const drawn = useMemo(() => segments(pair, records, from, now), [pair, records, from, now]);
  const listed = records.filter((record) => Date.parse(record.at) >= from);
  return (
    <section className="card" aria-label="Timeline of switches">
      <CardHead title="Switches" beside={<Legend pair={pair} drawn={drawn} />}>
        <SegmentedControl size="xs" data={SPANS} value={length} onChange={(next) => setChosen({ pair: pair.name, length: next })} aria-label="Time that is shown" />
      </CardHead>
      <div className="card-body">
        <Lane drawn={drawn} records={listed} from={from} to={now} onOpen={setDetail} />
      </div>
      {listed.length === 0 ? (
        <p className="empty">No switch in this time.</p>
      ) : (
        <Table heads={['When', 'What', 'Why', 'Took', 'By']}>
          {listed.slice(0, 12).map((record) => (
            <tr key={record.number} onDoubleClick={() => setDetail(record)}>
              <td className="num">{dateTimeOf(record.at)}</td>
              <td>
                <button type="button" className="helpline plain-link" onClick={() => setDetail(record)}>
                  {whatHappened(pair, record)}
                </button>
              </td>
              <td>
                {causeOf(record)}
                {record.fields?.['evidence'] ? <span className="muted"> ({String(record.fields['evidence'])})</span> : null}
              </td>
              <td className="num">{typeof record.fields?.['durationMs'] === 'number' ? fine(record.fields['durationMs']) : ''}</td>
              <td>{String(record.fields?.['by'] ?? '')}</td>
            </tr>
          ))}
        </Table>
      )}
      {detail?.pair === pair.name && <EventDetail record={detail} onClose={() => setDetail(null)} />}
    </section>
  );
}

export function whatHappened(pair: PairStatus, record: EventRecord): string {
  const to = pair.members.find((member) => member.machine === record.fields?.['to']);
  switch (record.kind) {
    case 'PROMOTED':
      return `To ${to ? roleOf(to.index).toLowerCase() : String(record.fields?.['to'] ?? '')}`;
    case 'SWITCH_FAILED':
      return `Switch to ${to ? roleOf(to.index).toLowerCase() : 'the other server'} failed`;
    case 'STRANDED':
      return 'No server could be used';
    case 'ENABLED':
      return 'Enabled';
    case 'DISABLED':
      return 'Disabled';
    default:
      return record.kind;
  }
}

function sideClass(side: Segment['side']): string {
  return `seg-${side}`;
}

function sideWord(side: Segment['side']): string {
  return typeof side === 'number' ? roleOf(side) : side === 'none' ? 'No server' : side === 'disabled' ? 'Disabled' : 'Not known';
}

function Legend({ pair, drawn }: { pair: PairStatus; drawn: Segment[] }) {
  const others = [...new Set(drawn.map((segment) => segment.side).filter((side) => typeof side !== 'number'))];
  return (
    <span className="row small muted">
      {pair.members.map((member) => (
        <span key={member.index} className="state-word">
          <span className={`swatch s${member.index}`} /> {roleOf(member.index)}
        </span>
      ))}
      {others.map((side) => (
        <span key={side} className="state-word">
          <Shape tone={side === 'none' ? 'bad' : 'idle'} size={11} /> {sideWord(side)}
        </span>
      ))}
    </span>
  );
}

const LANE_H = 26;

function Lane({ drawn, records, from, to, onOpen }: { drawn: Segment[]; records: EventRecord[]; from: number; to: number; onOpen: (record: EventRecord) => void }) {
  const [box, width] = useWidth<HTMLDivElement>();
  const x = (at: number) => ((at - from) / (to - from)) * width;
  const total = new Map<Segment['side'], number>();
  drawn.forEach((segment) => total.set(segment.side, (total.get(segment.side) ?? 0) + segment.to - segment.from));
  const summary = [...total].map(([side, millis]) => `${sideWord(side)} ${span(millis)}`).join(', ');
  return (
    <div ref={box}>
      {width > 0 && (
        <svg className="lane" width={width} height={LANE_H + 22} role="img" aria-label={`In this time: ${summary}`}>
          {drawn.map((segment, i) => (
            <rect key={i} className={sideClass(segment.side)} x={x(segment.from)} y={4} width={Math.max(1.5, x(segment.to) - x(segment.from))} height={LANE_H - 4} rx={2}>
              <title>{`${sideWord(segment.side)}: ${dateTimeOf(new Date(segment.from).toISOString())}, ${span(segment.to - segment.from)}`}</title>
            </rect>
          ))}
          {records.map((record) => (
            <path key={record.number} className="tick" d={`M${x(Date.parse(record.at))} 0 v${LANE_H + 4}`} onClick={() => onOpen(record)}>
              <title>{record.text}</title>
            </path>
          ))}
          <text x={0} y={LANE_H + 17}>
            {dateTimeOf(new Date(from).toISOString()).slice(0, 16)}
          </text>
          <text x={width} y={LANE_H + 17} textAnchor="end">
            now
          </text>
        </svg>
      )}
    </div>
  );
}

import { Button, Menu, Select, TextInput } from '@mantine/core';
import { useDeferredValue, useState } from 'react';
import { pairPath, post, sentence } from '../../api/http';
import type { EventRecord, Severity } from '../../api/types';
import { whole } from '../../model/duration';
import { NO_FILTER, exportPath, useRecords, type RecordFilter } from '../../state/records';
import { useStore } from '../../state/store';
import { dateOf, timeOf } from '../../ui/clock';
import { ask, say } from '../../ui/dialogs';
import { Notice } from '../../ui/Notice';
import { Icon, Shape } from '../../ui/Shape';
import { VirtualList } from '../../ui/VirtualList';
import { useIsNarrow } from '../../ui/useNarrow';
import { may } from '../actions';
import { EventDetail, SEVERITY_TONE } from '../EventDetail';
import { NumberField, PairScope } from '../fields';

/** Diagnostics settings: what happened to the pair, as it happens, and how much of it is kept. */
export function Diagnostics({ pair }: { pair: string }) {
  const [filter, setFilter] = useState<RecordFilter>(NO_FILTER);
  const settled = useDeferredValue(filter);
  const { records, problem, complete, older, again } = useRecords(pair, settled);
  const status = useStore((s) => s.status?.pairs.find((each) => each.name === pair));
  const [chosen, setChosen] = useState(-1);
  const [detail, setDetail] = useState<EventRecord | null>(null);
  const narrow = useIsNarrow();
  return (
    <>
      <section className="card events" aria-label="Event view">
        <div className="card-head">
          <Filter filter={filter} onChange={setFilter} />
        </div>
        {problem && <Notice tone="bad">{problem}</Notice>}
        <div className="heads" aria-hidden="true">
          <span />
          <span>Date</span>
          <span>Time</span>
          <span>Process</span>
          <span>Event</span>
        </div>
        <div className="grow pairs">
          <VirtualList
            label="Events, newest first"
            count={records.length}
            rowHeight={narrow ? 56 : 30}
            onNearEnd={older}
            chosen={chosen}
            onChosen={setChosen}
            row={(i, isChosen) => <EventRow record={records[i]!} isChosen={isChosen} onOpen={() => setDetail(records[i]!)} />}
          />
        </div>
        <div className="card-head below small muted">
          <span role="status">{records.length === 0 ? 'No events' : `${whole(records.length)} events${complete ? '' : ' and older ones'}`}
          {status && status.recordsLost > 0 ? `; ${status.recordsLost} did not reach the disk` : ''}</span>
          {chosen >= 0 && records[chosen] && (
            <Button variant="subtle" size="compact-xs" onClick={() => setDetail(records[chosen]!)}>
              Show the chosen event
            </Button>
          )}
          <span className="grow" />
          <SaveAs pair={pair} filter={filter} />
          {may('operator') && (
            <Button variant="default" leftSection={<Icon name="remove" />} onClick={() => void reset(pair, again)}>
              Reset
            </Button>
          )}
        </div>
      </section>
      <PairScope pair={pair}>
        <section className="card">
          <div className="card-body form">
            <div className="wide">
              <span className="muted">Diagnostic log persisted to:</span> <span className="mono log-path">{status?.recordsFolder ?? 'known once the pair is saved'}</span>
            </div>
            <NumberField path="maximumEvents" label="Maximum number of events to capture" fallback={5000} min={1000} max={30000} hint="1000 to 30000; the oldest is discarded" />
          </div>
        </section>
      </PairScope>
      {detail && <EventDetail record={detail} onClose={() => setDetail(null)} />}
    </>
  );
}

function Filter({ filter, onChange }: { filter: RecordFilter; onChange: (filter: RecordFilter) => void }) {
  const isSet = JSON.stringify(filter) !== JSON.stringify(NO_FILTER);
  return (
    <div className="row" role="search">
      <TextInput size="xs" aria-label="Text in the event" placeholder="Text, client or name=value" maxLength={200} value={filter.text} leftSection={<Icon name="search" />} onChange={(e) => onChange({ ...filter, text: e.currentTarget.value })} />
      <Select
        size="xs"
        aria-label="Severity"
        w={150}
        data={[
          { value: 'all', label: 'All severities' },
          { value: 'warning', label: 'Warnings, errors' },
          { value: 'error', label: 'Errors' },
        ]}
        value={filter.severity || 'all'}
        allowDeselect={false}
        onChange={(next) => onChange({ ...filter, severity: next === 'all' ? '' : ((next ?? '') as Severity | '') })}
      />
      <TextInput size="xs" type="datetime-local" aria-label="From" title="From" value={filter.from} onChange={(e) => onChange({ ...filter, from: e.currentTarget.value })} />
      <TextInput size="xs" type="datetime-local" aria-label="Until" title="Until" value={filter.to} onChange={(e) => onChange({ ...filter, to: e.currentTarget.value })} />
      {isSet && (
        <Button variant="subtle" onClick={() => onChange(NO_FILTER)}>
          All events
        </Button>
      )}
    </div>
  );
}

function SaveAs({ pair, filter }: { pair: string; filter: RecordFilter }) {
  const formats = [
    { format: 'text', label: 'Text' },
    { format: 'csv', label: 'CSV' },
    { format: 'json', label: 'JSON' },
  ] as const;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<Icon name="down" />}>
          Save As…
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map(({ format, label }) => (
          <Menu.Item key={format} component="a" href={exportPath(pair, filter, format)} download>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

async function reset(pair: string, again: () => void): Promise<void> {
  const answer = await ask({
    title: `Reset the diagnostics of '${pair}'?`,
    body: <p>The event view and the log on the disk are emptied. What was there is put aside in the folder "cleared" of the log, the newest 32 times.</p>,
    yes: 'Reset',
    tone: 'bad',
  });
  if (answer !== 'yes') {
    return;
  }
  try {
    await post(pairPath(pair, '/records/reset'));
    again();
    say('good', 'The diagnostics are empty.');
  } catch (e) {
    say('bad', sentence(e));
  }
}

function EventRow({ record, isChosen, onOpen }: { record: EventRecord; isChosen: boolean; onOpen: () => void }) {
  return (
    <div className={`eventrow ${isChosen ? 'chosen' : ''}`} onDoubleClick={onOpen} data-kind={record.kind}>
      <span title={record.severity}>
        <Shape tone={SEVERITY_TONE[record.severity]} size={13} />
        <span className="unseen">{record.severity}</span>
      </span>
      <span className="num c-date">{dateOf(record.at)}</span>
      <span className="num c-time">{timeOf(record.at)}</span>
      <span className="cut muted c-process" title={record.client}>
        {record.client}
      </span>
      <span className="cut c-text" title={record.text}>
        {record.text}
      </span>
    </div>
  );
}

import { memo, useEffect, useState } from 'react';
import { get, pairPath, sentence } from '../../api/http';
import type { ClientSession, PairStatus } from '../../api/types';
import { clockOf, fine, span, whole } from '../../model/duration';
import { MODES, PHASES, causeOf, memberHealth, roleOf } from '../../model/words';
import { useStore } from '../../state/store';
import { dateTimeOf, useNow } from '../../ui/clock';
import { Notice } from '../../ui/Notice';
import { StateWord } from '../../ui/Shape';
import { CardHead } from '../../ui/CardHead';
import { Table } from '../../ui/Table';
import { useSettled } from '../../ui/useSettled';
import { Timeline } from '../live/Timeline';
import { Topology } from '../live/Topology';
import { Trends } from '../live/Trends';

/** Nobody reads what is shown for less. */
const SETTLED_MS = 100;

/** How a pair is now, and how it came to be so. */
export function Live({ pair }: { pair: string }) {
  const status = useStore((s) => s.status?.pairs.find((each) => each.name === pair));
  // Who goes through pairs sees at once how each is; what takes longer to draw comes behind, and holds no click.
  const settled = useSettled(pair, SETTLED_MS);
  if (!status) {
    return <p className="empty">This pair does not run yet. Its settings are on the other tabs; it runs once they are saved.</p>;
  }
  return (
    <>
      {status.phase === 'stranded' && (
        <Notice tone="bad">No server of this pair can be used. Its clients get a bad status until one returns. {status.members.map((member) => `${roleOf(member.index)}: ${member.evidence}.`).join(' ')}</Notice>
      )}
      <section className="card">
        <div className="card-body">
          <Topology pair={status} />
        </div>
      </section>
      <div className="columns">
        <Facts pair={status} />
        <Members pair={status} />
      </div>
      {/* It keeps its place meanwhile, and what is of the pair before is not seen. */}
      <div className="behind" data-before={settled !== pair || undefined}>
        <Behind pair={settled} />
      </div>
    </>
  );
}

const Behind = memo(function Behind({ pair }: { pair: string }) {
  const status = useStore((s) => s.status?.pairs.find((each) => each.name === pair));
  return status ? (
    <>
      <Timeline pair={status} />
      <Trends pair={pair} members={status.members.length} />
      <Sessions key={pair} pair={status} />
    </>
  ) : null;
});

function Facts({ pair }: { pair: PairStatus }) {
  const now = useNow();
  const phase = PHASES[pair.phase];
  return (
    <section className="card">
      <CardHead title="Now" />
      <dl className="facts card-body">
        <dt>State</dt>
        <dd>
          <StateWord tone={phase?.tone ?? 'warn'}>
            {phase?.word ?? pair.phase}
            {pair.active === null ? '' : ` on ${roleOf(pair.active).toLowerCase()}`}
          </StateWord>
        </dd>
        <dt>Since</dt>
        <dd>{pair.since === null ? 'not known' : `${dateTimeOf(pair.since)} (${span(now - Date.parse(pair.since))})`}</dd>
        <dt>Why</dt>
        <dd>{whyOf(pair)}</dd>
        <dt>Mode</dt>
        <dd>{MODES.find((mode) => mode.value === pair.mode)?.label}</dd>
        <dt>Clients connect to</dt>
        <dd className="mono">{pair.endpoint}</dd>
        <dt>Values delivered</dt>
        <dd className="num">
          {whole(pair.valuesDelivered)}, {whole(pair.valuesBridged)} of them bridged at switches, {whole(pair.valuesDropped)} dropped
        </dd>
        <dt>Requests</dt>
        <dd className="num">
          {whole(pair.requestsDone)} done, {whole(pair.requestsRepeated)} repeated, {whole(pair.requestsUnknown)} of unknown outcome
        </dd>
      </dl>
    </section>
  );
}

function whyOf(pair: PairStatus): string {
  if (pair.why) {
    const cause = causeOf(pair.why);
    return cause ? `${pair.why.text} Cause: ${cause}.` : pair.why.text;
  }
  return pair.explained === 'first-ready' ? 'The first server that was ready after the start.' : pair.explained === 'under-way' ? 'It is under way.' : 'Not known any more.';
}

function Members({ pair }: { pair: PairStatus }) {
  return (
    <section className="card">
      <CardHead title="Servers" />
      <Table heads={['Server', 'Health', 'Round trip', 'Clock']}>
        {pair.members.map((member) => {
          const health = memberHealth(pair, member);
          return (
            <tr key={member.index}>
              <td>
                <b>{roleOf(member.index)}</b>
                {member.active ? ', active' : member.ready ? ', ready' : ''}
                {member.damped ? ', damped' : ''}
                <div className="mono muted">{member.machine}</div>
              </td>
              <td>
                <StateWord tone={health.tone}>{health.word}</StateWord>
                {health.tone !== 'good' && health.tone !== 'idle' && <div className="muted small">{member.evidence}</div>}
                <div className="muted small">{member.state}</div>
              </td>
              <td className="num">{fine(member.roundTripMs)}</td>
              <td className="num">{clockOf(member.clockSkewMs)}</td>
            </tr>
          );
        })}
      </Table>
    </section>
  );
}

/** Asked for when the number of sessions changes; a list that nobody looks at costs nothing. */
function Sessions({ pair }: { pair: PairStatus }) {
  const [sessions, setSessions] = useState<ClientSession[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const now = useNow();
  useEffect(() => {
    const controller = new AbortController();
    get<{ sessions: ClientSession[] }>(pairPath(pair.name, '/sessions'), controller.signal).then(
      (answer) => {
        setSessions(answer.sessions);
        setProblem(null);
      },
      (e: unknown) => {
        if (!controller.signal.aborted) {
          setProblem(sentence(e));
        }
      },
    );
    return () => controller.abort();
  }, [pair.name, pair.sessions, pair.items]);
  return (
    <section className="card">
      <CardHead title="Client sessions" beside={<span className="muted small">{pair.sessions}</span>} />
      {problem && <Notice tone="bad">{problem}</Notice>}
      {sessions.length === 0 ? (
        <p className="empty">No client is connected. Point one at {pair.endpoint}.</p>
      ) : (
        <Table heads={['Session', 'Application', 'Address', 'For', 'Subscriptions', 'Items']} bounded>
          {sessions.slice(0, 500).map((session) => (
            <tr key={session.name + session.address + session.since}>
              <td>{session.name}</td>
              <td className="mono">{session.application}</td>
              <td className="mono">{session.address}</td>
              <td className="num">{span(now - Date.parse(session.since))}</td>
              <td className="num">{session.subscriptions}</td>
              <td className="num">{session.items}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

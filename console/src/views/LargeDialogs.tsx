import logo from '../assets/tandem.svg';
import { Button, Checkbox, PasswordInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { get, lines, pairPath, post, sentence } from '../api/http';
import type { About, Json, Leg } from '../api/types';
import { changesOf, meanwhile } from '../model/draft';
import { fine } from '../model/duration';
import { outcomeOf } from '../model/walk';
import { roleOf } from '../model/words';
import { discardDraft, rebaseDraft, useStore } from '../state/store';
import { dateTimeOf } from '../ui/clock';
import { Dialog, say } from '../ui/dialogs';
import { Notice } from '../ui/Notice';
import { Shape } from '../ui/Shape';
import { Table } from '../ui/Table';
import { AddDialog } from './AddDialog';
import { openDialog, type Opened } from './open';

/** The large dialog that is open. */
export function LargeDialog({ opened }: { opened: Opened }) {
  const close = () => openDialog(null);
  switch (opened.dialog) {
    case 'add':
      return <AddDialog onClose={close} />;
    case 'about':
      return <AboutDialog onClose={close} />;
    case 'password':
      return <PasswordDialog onClose={close} />;
    case 'conflict':
      return <ConflictDialog onClose={close} />;
    case 'shutdown':
      return <ShutdownDialog onClose={close} />;
    case 'check':
      return <CheckDialog pair={opened.pair} onClose={close} />;
  }
}

function AboutDialog({ onClose }: { onClose: () => void }) {
  const [about, setAbout] = useState<About | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    get<About>('/about').then(setAbout, (e: unknown) => setProblem(sentence(e)));
  }, []);
  return (
    <Dialog title="About Tandem" onClose={onClose}>
      <div className="row">
        <img src={logo} alt="" width={40} height={40} />
        <div>
          <h2>Tandem {about?.version ?? ''}</h2>
          <span className="muted">OPC redundancy without changing the client.</span>
        </div>
      </div>
      {problem && <Notice tone="bad">{problem}</Notice>}
      {about && (
        <dl className="facts">
          <dt>Build</dt>
          <dd>{about.build}</dd>
          <dt>Java</dt>
          <dd>{about.java}</dd>
          <dt>System</dt>
          <dd>{about.os}</dd>
          <dt>Started</dt>
          <dd>{dateTimeOf(about.startedAt)}</dd>
          <dt>Configuration</dt>
          <dd className="mono">{about.configFile}</dd>
          <dt>Data folder</dt>
          <dd className="mono">{about.dataFolder}</dd>
        </dl>
      )}
    </Dialog>
  );
}

function PasswordDialog({ onClose }: { onClose: () => void }) {
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async () => {
    try {
      await post('/session/password', { old, new: next });
      say('good', 'Your password is changed.');
      onClose();
    } catch (e) {
      setProblem(sentence(e));
    }
  };
  return (
    <Dialog title="Change my password" onClose={onClose}>
      <form
        className="dialog"
        onSubmit={(e) => {
          e.preventDefault();
          void submit();
        }}
      >
        <PasswordInput label="Present password" autoComplete="current-password" required value={old} onChange={(e) => setOld(e.currentTarget.value)} />
        <PasswordInput label="New password" autoComplete="new-password" required value={next} onChange={(e) => setNext(e.currentTarget.value)} />
        <PasswordInput label="New password, again" autoComplete="new-password" required value={again} error={again !== '' && again !== next ? 'The two are not the same.' : undefined} onChange={(e) => setAgain(e.currentTarget.value)} />
        {problem && <Notice tone="bad">{problem}</Notice>}
        <div className="row" data-actions>
          <span className="grow" />
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={old === '' || next === '' || next !== again}>
            Change
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function shownValue(value: Json): string {
  return value === null ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** Somebody else has saved: what they changed, beside what is changed here. */
function ConflictDialog({ onClose }: { onClose: () => void }) {
  const { draft, settings } = useStore((s) => ({ draft: s.draft, settings: s.settings }));
  if (!draft || !settings) {
    return null;
  }
  const mine = changesOf(draft);
  const theirs = meanwhile(draft.base, settings, mine);
  return (
    <Dialog title="The configuration was changed meanwhile" onClose={onClose} size="xl" help="saving">
      <p>Somebody else has saved since you began. Nothing of yours is lost, and nothing of yours is saved yet.</p>
      {theirs.length === 0 ? (
        <p className="muted">The settings are the same as before; only the text of the file is another one.</p>
      ) : (
        <Table heads={['Pair', 'Setting', 'Was', 'Is now', 'You change it too']}>
          {theirs.map((difference) => (
            <tr key={difference.pair + difference.path}>
              <td>{difference.pair}</td>
              <td className="mono">{difference.path || 'the pair'}</td>
              <td className="mono">{difference.path ? shownValue(difference.before) : difference.before === null ? 'not there' : 'there'}</td>
              <td className="mono">{difference.path ? shownValue(difference.after) : difference.after === null ? 'removed' : 'added'}</td>
              <td>
                {difference.alsoMine && (
                  <span className="state-word tone-warn">
                    <Shape tone="warn" size={13} /> yes
                  </span>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
      <div className="row" data-actions>
        <span className="grow" />
        <Button variant="default" onClick={onClose}>
          Back
        </Button>
        <Button
          variant="default"
          onClick={() => {
            discardDraft();
            onClose();
          }}
        >
          Discard mine
        </Button>
        <Button
          onClick={() => {
            const lost = rebaseDraft();
            onClose();
            say(lost.length === 0 ? 'good' : 'warn', lost.length === 0 ? 'Your changes are now on top of theirs. Save when they are right.' : `Your changes are now on top of theirs; ${lost.length} of them are of pairs that are gone.`);
          }}
        >
          Keep mine, on top of theirs
        </Button>
      </div>
    </Dialog>
  );
}

function ShutdownDialog({ onClose }: { onClose: () => void }) {
  const [sure, setSure] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const sessions = useStore((s) => s.status?.pairs.reduce((sum, pair) => sum + pair.sessions, 0) ?? 0);
  const shutdown = async () => {
    try {
      await post('/service/shutdown');
      say('warn', 'The service ends. Start it again on its machine; this page comes back by itself.');
      onClose();
    } catch (e) {
      setProblem(sentence(e));
    }
  };
  return (
    <Dialog title="Exit and Shutdown" onClose={onClose} help="exit-and-shutdown">
      <ul>
        <li>
          All clients are closed cleanly ({sessions} {sessions === 1 ? 'session' : 'sessions'} now), and the service ends.
        </li>
        <li>No client reaches a server through Tandem until the service is started again on its machine. That cannot be done from here.</li>
        <li>To only leave this page, log out instead: the service goes on.</li>
      </ul>
      <Checkbox checked={sure} onChange={(e) => setSure(e.currentTarget.checked)} label="Clients may lose their servers now" />
      {problem && <Notice tone="bad">{problem}</Notice>}
      <div className="row" data-actions>
        <span className="grow" />
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button color="red" disabled={!sure} onClick={() => void shutdown()}>
          Shut down the service
        </Button>
      </div>
    </Dialog>
  );
}

/** In the place of a leg, from a service that has too many checks under way. */
interface Refused {
  detail: string;
  remedy: string;
}

/** Walks to each server leg by leg, and shows each as it is passed. */
function CheckDialog({ pair, onClose }: { pair: string; onClose: () => void }) {
  const [legs, setLegs] = useState<Leg[]>([]);
  const [state, setState] = useState<'running' | 'done'>('running');
  const [problem, setProblem] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  const controller = useRef<AbortController | null>(null);
  const count = useStore((s) => s.status?.pairs.find((each) => each.name === pair)?.members.length ?? 0);
  useEffect(() => {
    const mine = new AbortController();
    controller.current = mine;
    setLegs([]);
    setState('running');
    setProblem(null);
    const take = (line: Leg | Refused) => ('leg' in line ? setLegs((now) => [...now, line]) : setProblem(`${line.detail} ${line.remedy}`));
    lines<Leg | Refused>(pairPath(pair, '/check'), {}, (line) => take(line), mine.signal)
      .catch((e: unknown) => !mine.signal.aborted && setProblem(sentence(e)))
      .finally(() => !mine.signal.aborted && setState('done'));
    return () => mine.abort();
  }, [pair, round]);
  const members = [...new Set(legs.map((leg) => leg.member))];
  const { isAllWell, unknown } = outcomeOf(legs, count);
  return (
    <Dialog title={`Check the way to the servers of '${pair}'`} onClose={onClose} size="xl" help="checking">
      {problem && <Notice tone="bad">{problem}</Notice>}
      {members.map((member) => (
        <section key={member}>
          <h3>
            {roleOf(member)} <span className="mono muted">{legs.find((leg) => leg.member === member)?.machine}</span>
          </h3>
          <table className="plain">
            <tbody>
              {legs
                .filter((leg) => leg.member === member)
                .map((leg) => (
                  <tr key={leg.leg}>
                    <td>
                      <Shape tone={leg.passed ? 'good' : 'bad'} size={13} /> {leg.leg}
                      <span className="unseen">{leg.passed ? 'passed' : 'failed'}</span>
                    </td>
                    <td>
                      {leg.detail}
                      {!leg.passed && leg.remedy && <div className="tone-bad">{leg.remedy}</div>}
                    </td>
                    <td className="num">{fine(leg.tookMs)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </section>
      ))}
      <div className="row" data-actions role="status">
        <span className="grow muted">{state === 'running' ? 'Walking …' : isAllWell ? 'Everything passed.' : unknown.length > 0 ? `The check ended too early: nothing more is known of the ${unknown.map((member) => roleOf(member).toLowerCase()).join(' and the ')}.` : ''}</span>
        <Button variant="default" disabled={state === 'running'} onClick={() => setRound((n) => n + 1)}>
          Check again
        </Button>
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  );
}


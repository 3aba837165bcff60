import { Button, Checkbox, Select } from '@mantine/core';
import { useEffect, useState } from 'react';
import { get, pairPath, post, sentence } from '../../api/http';
import type { Json, NotificationEvent, Tree } from '../../api/types';
import { isTree } from '../../model/tree';
import { useStore } from '../../state/store';
import { say } from '../../ui/dialogs';
import { Notice } from '../../ui/Notice';
import { Shape } from '../../ui/Shape';
import { CardHead } from '../../ui/CardHead';
import { AreaField, ChoiceField, NumberField, OtherProblems, PairScope, SecretField, TextField, useScope, useSetting } from '../fields';
import { SEVERITY_TONE } from '../EventDetail';

/** Notifications settings: who is told of which events, by mail, by a call of a web address, by syslog. */
export function Notifications({ pair }: { pair: string }) {
  return (
    <PairScope pair={pair}>
      <Mail pair={pair} />
      <Events />
      <Others pair={pair} />
    </PairScope>
  );
}

/** Two mail servers that hang, one after the other, have 20 s each. */
const TEST_PATIENCE_MS = 60_000;

type Channel = 'mail' | 'webhook' | 'syslog';

function TestButton({ pair, channel, disabled }: { pair: string; channel: Channel; disabled?: boolean }) {
  const { settings, readOnly } = useScope();
  const [busy, setBusy] = useState(false);
  const running = useStore((s) => s.status?.pairs.some((each) => each.name === pair) ?? false);
  const test = async () => {
    const about = `test ${pair} ${channel}`;
    setBusy(true);
    try {
      const answer = await post<{ through?: string }>(pairPath(pair, '/notifications/test'), { channel, settings: settings['notifications'] ?? {} }, undefined, TEST_PATIENCE_MS);
      say('good', channel === 'mail' ? `A test message was sent to all recipients${answer.through ? `, through the ${answer.through} SMTP server` : ''}.` : 'The test was sent.', about);
    } catch (e) {
      say('bad', `The test failed. ${sentence(e)}`, about);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button variant="default" loading={busy} disabled={disabled || readOnly || !running} onClick={() => void test()} title={running ? 'With what is written here, saved or not' : 'Save the pair first'}>
      Test
    </Button>
  );
}

function Mail({ pair }: { pair: string }) {
  return (
    <section className="card">
      <CardHead title="E-Mail Setup">
        <TestButton pair={pair} channel="mail" />
      </CardHead>
      <div className="card-body dialog">
        <EnableField />
        <div className="columns">
          <Smtp which="primary" label="Primary SMTP" hint="tried first" />
          <Smtp which="secondary" label="Secondary SMTP (optional)" hint="when the connection to the primary fails" />
        </div>
        <div className="columns">
          <div className="dialog">
            <TextField path="notifications.from" label="From" placeholder="tandem@plant.example" />
            <TextField path="notifications.subject" label="Subject (optional)" />
          </div>
          <AreaField path="notifications.to" label="To" lines rows={4} hint="one address on each line" />
        </div>
        <div className="columns">
          <AreaField path="notifications.header" label="Header (optional)" hint="stands before the text of the event" />
          <AreaField path="notifications.footer" label="Footer (optional)" hint="stands after it" />
        </div>
        <p className="muted small">
          Hint: Use Enter or Ctrl-Enter to insert a newline for the To/Header/Footer fields. Enter a newline between multiple addresses for the To field.
        </p>
        <OtherProblems shown={(path) => !path.startsWith('notifications') || KNOWN.test(path)} />
      </div>
    </section>
  );
}

/** A section without the setting is enabled; without a section nobody is told. */
function EnableField() {
  const { settings, saved, change, readOnly } = useScope();
  const section = settings['notifications'];
  const checked = isTree(section) && section['enabled'] !== false;
  const before = saved['notifications'];
  const wasChecked = isTree(before) && before['enabled'] !== false;
  return (
    <Checkbox
      label="Enable e-mail notifications"
      className={checked === wasChecked ? undefined : 'changed'}
      checked={checked}
      disabled={readOnly}
      onChange={(e) => change('notifications.enabled', e.currentTarget.checked)}
    />
  );
}

const KNOWN = /^notifications\.(enabled|from|to(\[\d+\])?|subject|header|footer|events|webhook\.(url|secret)|syslog\.(host|port|protocol|facility)|smtp\.(primary|secondary)\.(host|port|security|user|password))$/;

function Smtp({ which, label, hint }: { which: 'primary' | 'secondary'; label: string; hint: string }) {
  const here = `notifications.smtp.${which}`;
  const security = useSetting(`${here}.security`, 'starttls').shown;
  const user = useSetting(`${here}.user`).value;
  return (
    <fieldset className="machine">
      <legend>
        {label} <span className="muted small">{hint}</span>
      </legend>
      <div className="form">
        <TextField path={`${here}.host`} label="Host name or IP address" />
        <NumberField path={`${here}.port`} label="Port" fallback={security === 'tls' ? 465 : security === 'starttls' ? 587 : 25} min={1} max={65535} />
        <ChoiceField
          path={`${here}.security`}
          label="Security"
          fallback="starttls"
          options={[
            { value: 'none', label: 'None (in clear)' },
            { value: 'starttls', label: 'STARTTLS' },
            { value: 'tls', label: 'TLS' },
          ]}
        />
        <TextField path={`${here}.user`} label="User" placeholder="no login" />
        <SecretField path={`${here}.password`} label="Password" hint="the text, file:/path or env:NAME" />
      </div>
      {user !== undefined && security === 'none' && <Notice tone="warn">Without STARTTLS or TLS the password would be sent in clear.</Notice>}
    </fieldset>
  );
}

function Events() {
  const [events, setEvents] = useState<NotificationEvent[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const s = useSetting('notifications.events', 'all');
  useEffect(() => {
    get<{ events: NotificationEvent[] }>('/notifications/events').then(
      (answer) => setEvents(answer.events),
      (e: unknown) => setProblem(sentence(e)),
    );
  }, []);
  const all = events?.map((event) => event.kind) ?? [];
  const chosen = new Set(s.shown === 'all' ? all : Array.isArray(s.shown) ? s.shown.map(String) : []);
  const write = (next: Set<string>) => s.change(next.size === all.length ? (s.value === undefined ? undefined : 'all') : (all.filter((kind) => next.has(kind)) as Json));
  const toggle = (kind: string) => {
    const next = new Set(chosen);
    if (!next.delete(kind)) {
      next.add(kind);
    }
    write(next);
  };
  return (
    <section className="card">
      <CardHead title="Select the diagnostics events that you would like to receive as an e-mail notification">
        <span className="muted small">
          {chosen.size} of {all.length}
        </span>
        <Button variant="default" disabled={s.readOnly} onClick={() => write(new Set(all))}>
          Select All
        </Button>
        <Button variant="default" disabled={s.readOnly} onClick={() => write(new Set())}>
          Clear All
        </Button>
      </CardHead>
      {problem && <Notice tone="bad">{problem}</Notice>}
      {s.error && <Notice tone="bad">{s.error}</Notice>}
      <ul className="checks" aria-label="Events">
        {(events ?? []).map((event) => (
          <li key={event.kind}>
            <Checkbox
              checked={chosen.has(event.kind)}
              disabled={s.readOnly}
              onChange={() => toggle(event.kind)}
              label={
                <span className="row">
                  <Shape tone={SEVERITY_TONE[event.severity]} size={12} />
                  <span className="unseen">{event.severity}:</span>
                  <span>{event.template}</span>
                </span>
              }
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Others({ pair }: { pair: string }) {
  const { settings } = useScope();
  const notifications = isTree(settings['notifications']) ? settings['notifications'] : ({} as Tree);
  return (
    <section className="card">
      <CardHead title="Other Ways" beside={<span className="muted small">the same events, besides mail</span>} />
      <div className="card-body columns">
        <fieldset className="machine">
          <legend>Webhook</legend>
          <div className="dialog">
            <TextField path="notifications.webhook.url" label="Address" placeholder="https://alerts.plant.example/tandem" hint="gets a POST of each event" />
            <SecretField path="notifications.webhook.secret" label="Secret" hint="signs each call, so that the receiver knows that it is ours" />
            <div>
              <TestButton pair={pair} channel="webhook" disabled={!isTree(notifications['webhook'])} />
            </div>
          </div>
        </fieldset>
        <fieldset className="machine">
          <legend>Syslog</legend>
          <div className="dialog">
            <div className="form">
              <TextField path="notifications.syslog.host" label="Host name or IP address" />
              <NumberField path="notifications.syslog.port" label="Port" fallback={514} min={1} max={65535} />
              <ChoiceField path="notifications.syslog.protocol" label="Transport" fallback="udp" options={['udp', 'tcp', 'tls']} />
              <FacilityField />
            </div>
            <div>
              <TestButton pair={pair} channel="syslog" disabled={!isTree(notifications['syslog'])} />
            </div>
          </div>
        </fieldset>
      </div>
    </section>
  );
}

const FACILITIES = ['user', 'daemon', 'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'];

function FacilityField() {
  const s = useSetting('notifications.syslog.facility', 'local0');
  return <Select label="Facility" data={FACILITIES} value={typeof s.shown === 'string' ? s.shown : null} allowDeselect={false} disabled={s.readOnly} error={s.error} onChange={(next) => s.change(next ?? undefined)} />;
}


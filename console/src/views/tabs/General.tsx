import { Button, Tooltip } from '@mantine/core';
import { useState } from 'react';
import type { Json, Tree } from '../../api/types';
import { isTree } from '../../model/tree';
import { MODES, SECURITY, roleOf } from '../../model/words';
import { useStore } from '../../state/store';
import { Icon } from '../../ui/Shape';
import { CardHead } from '../../ui/CardHead';
import { ServerBrowser, type Found } from '../find/ServerBrowser';
import { CheckField, ChoiceField, MillisField, NumberField, OtherProblems, PairScope, SecretField, TextField, AreaField, isDa, useScope, useSetting } from '../fields';

const HOUR = 3_600_000;

/** General settings: where the servers are, how they are used, how often they are asked. */
export function General({ pair }: { pair: string }) {
  return (
    <PairScope pair={pair}>
      <Machines />
      <Options />
      <OtherProblems shown={(path) => !/^(name|alias|clsid|members$)/.test(path)} />
    </PairScope>
  );
}

function membersOf(settings: Tree): Tree[] {
  const members = settings['members'];
  return Array.isArray(members) ? members.filter(isTree) : [];
}

function Machines() {
  const { settings, change, readOnly } = useScope();
  const da = isDa(settings);
  const members = membersOf(settings);
  return (
    <section className="card">
      <CardHead title="Machine Settings" beside={<span className="muted small">{da ? 'OPC DA' : 'OPC UA'}</span>}>
        {!readOnly && members.length < 4 && members.length >= 2 && (
          <Button variant="subtle" leftSection={<Icon name="add" />} onClick={() => change('members', [...members, copyOf(members[members.length - 1]!)] as Json)}>
            Add a {roleOf(members.length).toLowerCase()} server
          </Button>
        )}
      </CardHead>
      <div className="card-body columns">
        {members.map((member, i) => (
          <Machine key={i} index={i} da={da} member={member} canGo={members.length > 2 && !readOnly} onGo={() => change('members', members.filter((_, other) => other !== i) as Json)} />
        ))}
      </div>
    </section>
  );
}

/** A further member speaks like the one before it; its address and its password are its own. */
function copyOf(member: Tree): Tree {
  const copy: Tree = { ...member };
  delete copy['password'];
  return copy;
}

function Machine({ index, da, member, canGo, onGo }: { index: number; da: boolean; member: Tree; canGo: boolean; onGo: () => void }) {
  const [browsing, setBrowsing] = useState(false);
  const { change, readOnly } = useScope();
  const here = `members[${index}]`;
  const role = roleOf(index);
  const pick = (found: Found) => {
    setBrowsing(false);
    if (found.protocol === 'opcua') {
      change(`${here}.url`, found.url);
      change(`${here}.security`, found.security);
      if (found.security !== 'None') {
        change(`${here}.mode`, found.mode);
      }
    } else {
      change(`${here}.host`, found.host);
      change(`${here}.progId`, found.progId || undefined);
      change(`${here}.clsid`, found.clsid);
    }
  };
  return (
    <fieldset className="machine">
      <legend>
        {role}
        <span className="muted small"> {index === 0 ? 'the preferred connection' : 'when the ones before it are unavailable'}</span>
      </legend>
      <div className="dialog">
        <div className="with-button">
          {da ? (
            <TextField path={`${here}.host`} label={`${role} (Hostname or IP Address)`} hint="localhost if it runs on this machine" placeholder="10.0.0.1" />
          ) : (
            <TextField path={`${here}.url`} label={`${role} (Endpoint URL)`} hint="opc.tcp://host:port/path; localhost if it runs on this machine" placeholder="opc.tcp://10.0.0.1:4840" />
          )}
          <Tooltip label="Browse for servers">
            <Button variant="default" h={36} px={10} onClick={() => setBrowsing(true)} disabled={readOnly} aria-label={`Browse for the ${role.toLowerCase()} server`}>
              <Icon name="browse" />
            </Button>
          </Tooltip>
        </div>
        {da ? <DaMember here={here} /> : <UaMember here={here} member={member} />}
        {canGo && (
          <div>
            <Button variant="subtle" color="red" leftSection={<Icon name="remove" />} onClick={onGo}>
              Take this server out
            </Button>
          </div>
        )}
      </div>
      {browsing && <ServerBrowser protocol={da ? 'opcda' : 'opcua'} host={String((da ? member['host'] : hostOf(member['url'])) ?? '')} onPick={pick} onClose={() => setBrowsing(false)} />}
    </fieldset>
  );
}

export function hostOf(url: Json | undefined): string {
  const match = typeof url === 'string' ? /^opc\.tcp:\/\/(\[[^\]]*\]|[^:/]+)/.exec(url) : null;
  return match?.[1] ?? '';
}

function UaMember({ here, member }: { here: string; member: Tree }) {
  const { base } = useDefaults();
  const security = String(member['security'] ?? base['security'] ?? 'Basic256Sha256');
  return (
    <>
      <div className="form">
        <ChoiceField path={`${here}.security`} label="Security policy" fallback={base['security'] ?? 'Basic256Sha256'} options={SECURITY} />
        <ChoiceField path={`${here}.mode`} label="Message security" fallback={base['mode'] ?? 'SignAndEncrypt'} disabled={security === 'None'} options={['Sign', 'SignAndEncrypt']} />
        <TextField path={`${here}.user`} label="User" placeholder="anonymous" />
        <SecretField path={`${here}.password`} label="Password" hint="the text, file:/path or env:NAME" />
        <ChoiceField
          path={`${here}.trust`}
          label="Trust its certificate"
          fallback={base['trust'] ?? 'listed'}
          options={[
            { value: 'listed', label: 'if it is listed' },
            { value: 'all', label: 'always (any certificate)' },
          ]}
        />
      </div>
      <p className="muted small">The account is that of Tandem's own link; clients bring their own.</p>
    </>
  );
}

function DaMember({ here }: { here: string }) {
  const { base } = useDefaults();
  return (
    <>
      <div className="form">
        <TextField path={`${here}.progId`} label="ProgID" placeholder="Vendor.OPCServer.1" />
        <TextField path={`${here}.clsid`} label="CLSID" hint="with it, nobody is asked for the ProgID" />
        <TextField path={`${here}.user`} label="User" hint="NAME or DOMAIN\NAME" />
        <SecretField path={`${here}.password`} label="Password" hint="the text, file:/path or env:NAME" />
        <ChoiceField path={`${here}.level`} label="Protection of calls" fallback={base['level'] ?? 'integrity'} options={['none', 'connect', 'integrity', 'privacy']} />
        <NumberField path={`${here}.port`} label="Port of its object resolver" fallback={135} min={1} max={65535} />
      </div>
      <p className="muted small">The server sees this account for all clients: a login of NTLM cannot be handed on.</p>
    </>
  );
}

function useDefaults(): { base: Tree } {
  return { base: useStore((s) => s.settings?.defaults.member ?? NOTHING) };
}

const NOTHING: Tree = {};

function Options() {
  const { settings } = useScope();
  const mode = useSetting('mode', 'warm').shown;
  const cold = mode === 'cold';
  const da = isDa(settings);
  return (
    <section className="card">
      <CardHead title="Redundancy Options" />
      <div className="card-body form">
        <div className="wide">
          <ChoiceField path="mode" label="Connection mode" fallback="warm" options={MODES} hint={MODE_HINT[String(mode)]} />
        </div>
        <div className="wide">
          <CheckField
            path="failback"
            label="Always reconnect to primary machine upon availability"
            fallback={true}
            disabled={cold}
            hint={cold ? 'Cold mode never goes back by itself.' : undefined}
          />
        </div>
        <MillisField path="statusInterval" label="Query server status interval (ms)" fallback="2500ms" min={50} max={HOUR} />
        <MillisField path="statusTimeout" label="Query server status timeout (ms)" fallback="1000ms" min={50} max={60_000} />
        <MillisField path="failbackDwell" label="Wait before returning to the primary (ms)" fallback="0ms" min={0} max={24 * HOUR} step={1000} disabled={cold} hint="how long the primary must have been usable first" />
        <MillisField path="holdTimeout" label="Hold requests during a switch (ms)" fallback="5000ms" min={100} max={60_000} step={500} hint="but never past a request's own deadline" />
        <ChoiceField
          path="whenDisabled"
          label="When disabled"
          fallback="closed"
          options={[
            { value: 'closed', label: 'Clients are refused' },
            { value: 'primary', label: 'Clients are served by the primary, without redundancy' },
          ]}
        />
        {da && (
          <>
            <AreaField path="readers" label="May connect" lines hint="users of the DA front door, one a line; all if empty" />
            <AreaField path="writers" label="May write" lines hint="users of the DA front door, one a line; all if empty" />
            <TextField path="clsid" label="CLSID that clients activate" placeholder="made of the name, or the primary's" />
          </>
        )}
      </div>
    </section>
  );
}

const MODE_HINT: Record<string, string> = {
  cold: 'Least load: the other server is not connected until it is needed. During a switch clients receive no data.',
  warm: 'The other server is connected and has the items; its values begin at the switch. Little traffic, little loss.',
  hot: 'Both servers send their values all the time; a switch costs nothing but twice the traffic. For where loss is crucial.',
};

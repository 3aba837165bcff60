import { Button, Loader, NumberInput, PasswordInput, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { post, sentence } from '../../api/http';
import type { DaServer, FoundHost, UaEndpoint, UaServer } from '../../api/types';
import { Dialog } from '../../ui/dialogs';
import { Notice } from '../../ui/Notice';
import { Icon } from '../../ui/Shape';

export type Protocol = 'opcua' | 'opcda';

/** What was picked. */
export type Found =
  | { protocol: 'opcua'; name: string; url: string; security: string; mode: string }
  | { protocol: 'opcda'; host: string; progId: string; clsid: string; user: string; password: string };

/** As many machines are offered; a name can be typed. */
const MACHINES_MAX = 40;

/** Finds the servers of a machine: OPC UA through FindServers and GetEndpoints, OPC DA through its OpcEnum. */
export function ServerBrowser({ protocol, host, onPick, onClose }: { protocol: Protocol; host: string; onPick: (found: Found) => void; onClose: () => void }) {
  return (
    <Dialog title={protocol === 'opcua' ? 'OPC UA Server Browser' : 'OPC DA Server Browser'} onClose={onClose} size="xl" help="browsing-for-servers">
      <BrowseServers protocol={protocol} initialHost={host} onPick={onPick} />
    </Dialog>
  );
}

export function BrowseServers({ protocol, initialHost, onPick }: { protocol: Protocol; initialHost: string; onPick: (found: Found) => void }) {
  const [hosts, setHosts] = useState<FoundHost[]>([]);
  const [host, setHost] = useState(initialHost || 'localhost');
  const [port, setPort] = useState<number | ''>('');
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [found, setFound] = useState<{ ua?: UaServer[]; da?: DaServer[] } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState<'servers' | 'machines' | null>(null);
  const place = useRef(0);

  useEffect(() => {
    post<{ hosts: FoundHost[] }>('/discovery/hosts', { protocol }).then(
      (answer) => setHosts(answer.hosts),
      () => setHosts([]),
    );
  }, [protocol]);

  /** What was found elsewhere goes, and what is on its way from there: it must not be picked as if it were here. */
  const elsewhere = (to: string, at: number | '') => {
    place.current++;
    setBusy(null);
    setHost(to);
    setPort(at);
    setFound(null);
    setProblem(null);
  };

  /** @param take what to do with the answer, if the place is still the one that was asked */
  const ask = async <T,>(what: 'servers' | 'machines', path: string, more: object, take: (answer: T) => void) => {
    const here = place.current;
    setBusy(what);
    setProblem(null);
    try {
      const answer = await post<T>(path, { protocol, ...more, ...(port === '' ? {} : { port }) });
      if (place.current === here) {
        take(answer);
      }
    } catch (e) {
      if (place.current === here) {
        setFound((now) => (what === 'servers' ? null : now));
        setProblem(sentence(e));
      }
    } finally {
      if (place.current === here) {
        setBusy(null);
      }
    }
  };

  const lookForMachines = () => ask<{ hosts: FoundHost[] }>('machines', '/discovery/hosts', { server: host.trim() }, (answer) => setHosts(answer.hosts));

  const look = () =>
    ask<{ servers: unknown[] }>('servers', '/discovery/servers', { host: host.trim(), ...(protocol === 'opcda' && user ? { user, password } : {}) }, (answer) =>
      setFound(protocol === 'opcua' ? { ua: answer.servers as UaServer[] } : { da: answer.servers as DaServer[] }),
    );

  return (
    <div className="dialog">
      <form
        className="form"
        onSubmit={(e) => {
          e.preventDefault();
          void look();
        }}
      >
        <TextInput label="Machine (Hostname or IP Address)" value={host} required data-autofocus onChange={(e) => elsewhere(e.currentTarget.value, port)} />
        <NumberInput label="Port" placeholder={protocol === 'opcua' ? '4840' : '135'} value={port} min={1} max={65535} hideControls onChange={(next) => (typeof next === 'number' ? next : '') !== port && elsewhere(host, typeof next === 'number' ? next : '')} />
        {protocol === 'opcda' && (
          <>
            <TextInput label="User" placeholder="DOMAIN\NAME" autoComplete="off" value={user} onChange={(e) => setUser(e.currentTarget.value)} />
            <PasswordInput label="Password" autoComplete="new-password" value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
          </>
        )}
        <div className="row wide">
          <Button type="submit" loading={busy === 'servers'} leftSection={<Icon name={found ? 'refresh' : 'search'} />}>
            {found ? 'Refresh' : 'Look for servers'}
          </Button>
          {protocol === 'opcua' && (
            <Button variant="default" loading={busy === 'machines'} onClick={() => void lookForMachines()} title="Asks the discovery server there which machines it knows in its network">
              Look for machines
            </Button>
          )}
        </div>
        <Machines hosts={hosts.filter((each) => each.host !== host)} onPick={(picked) => elsewhere(picked, '')} />
      </form>
      {busy === 'servers' && !found && (
        <div className="row muted">
          <Loader size="xs" /> Asking {host} …
        </div>
      )}
      {problem && <Notice tone="bad">{problem}</Notice>}
      {found?.ua && <UaServers servers={found.ua} onPick={onPick} />}
      {found?.da && <DaServers servers={found.da} onPick={(server) => onPick({ protocol: 'opcda', host: host.trim(), user, password, ...server })} />}
    </div>
  );
}

/** Machines that somebody named before, and those that a discovery server knows; nothing is scanned (DLG-2). */
function Machines({ hosts, onPick }: { hosts: FoundHost[]; onPick: (host: string) => void }) {
  if (hosts.length === 0) {
    return null;
  }
  return (
    <div className="row wide machines" role="group" aria-label="Machines">
      <span className="muted small">Machines:</span>
      {hosts.slice(0, MACHINES_MAX).map((each) => (
        <Button key={each.host} size="compact-sm" variant="default" onClick={() => onPick(each.host)} title={each.why}>
          {each.host}
        </Button>
      ))}
      {hosts.length > MACHINES_MAX && <span className="muted small">and {hosts.length - MACHINES_MAX} more: write the name</span>}
    </div>
  );
}

function UaServers({ servers, onPick }: { servers: UaServer[]; onPick: (found: Found) => void }) {
  if (servers.length === 0) {
    return <p className="empty">It answers, and offers no servers.</p>;
  }
  return (
    <div className="tree" aria-label="Servers">
      {servers.map((server) => (
        <div key={server.applicationUri}>
          <div className="treerow">
            <b>{server.applicationName}</b> <span className="muted mono cut">{server.applicationUri}</span>
          </div>
          {server.endpoints.map((endpoint) => (
            <button key={endpoint.url + endpoint.security + endpoint.mode} type="button" className="treerow" onClick={() => onPick(picked(server, endpoint))}>
              <Icon name="caret" />
              <span className="mono grow cut">{endpoint.url}</span>
              <span>
                {endpoint.security}
                {endpoint.security === 'None' ? '' : `, ${endpoint.mode}`}
              </span>
              <span className="muted small">{[endpoint.anonymous && 'anonymous', endpoint.user && 'user'].filter(Boolean).join(', ')}</span>
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}

function picked(server: UaServer, endpoint: UaEndpoint): Found {
  return { protocol: 'opcua', name: server.applicationName, url: endpoint.url, security: endpoint.security, mode: endpoint.mode };
}

function DaServers({ servers, onPick }: { servers: DaServer[]; onPick: (server: { progId: string; clsid: string }) => void }) {
  if (servers.length === 0) {
    return <p className="empty">Its OpcEnum answers, and lists no servers.</p>;
  }
  return (
    <div className="tree" aria-label="Servers">
      {servers.map((server) => (
        <button key={server.clsid} type="button" className="treerow" onClick={() => onPick({ progId: server.progId, clsid: server.clsid })}>
          <Icon name="caret" />
          <b>{server.progId}</b>
          <span className="muted grow cut">{server.description}</span>
          <span className="small">DA {server.versions.join(', ')}</span>
        </button>
      ))}
    </div>
  );
}

import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Tree } from '../api/types';
import { add, nameProblem, nextAlias, publishedName } from '../model/draft';
import { MODES } from '../model/words';
import { go } from '../state/route';
import { changeDraft, useStore } from '../state/store';
import { Dialog, ask } from '../ui/dialogs';
import { Notice } from '../ui/Notice';
import { Icon } from '../ui/Shape';
import { BrowseServers, type Found, type Protocol } from './find/ServerBrowser';
import { hostOf } from './tabs/General';

/** Adds redundancy to a server: which one, where its second is, under which name clients find the two. */
export function AddDialog({ onClose }: { onClose: () => void }) {
  const draft = useStore((s) => s.draft);
  const [protocol, setProtocol] = useState<Protocol>('opcua');
  const [browsing, setBrowsing] = useState<0 | 1 | null>(null);
  const [name, setName] = useState('');
  const [primary, setPrimary] = useState<Tree>({});
  const [secondary, setSecondary] = useState<Tree>({});
  const [mode, setMode] = useState('warm');
  if (!draft) {
    return (
      <Dialog title="Add Redundant Server Configuration" onClose={onClose}>
        <Notice tone="warn">The settings are not here yet.</Notice>
      </Dialog>
    );
  }
  const da = protocol === 'opcda';
  const place = da ? 'host' : 'url';
  const taken = name !== '' && draft.pairs.some((work) => !work.removed && publishedName(work.settings).toLowerCase() === name.toLowerCase());
  const wrong = name === '' || taken ? null : nameProblem(draft, name);
  const whole = name !== '' && wrong === null && String(primary[place] ?? '') !== '' && String(secondary[place] ?? '') !== '' && (!da || (primary['progId'] ?? primary['clsid']) !== undefined);

  const picked = (which: 0 | 1, found: Found) => {
    setBrowsing(null);
    const member: Tree =
      found.protocol === 'opcua'
        ? { url: found.url, security: found.security, ...(found.security !== 'None' && found.mode === 'Sign' ? { mode: 'Sign' } : {}) }
        : { host: found.host, progId: found.progId, clsid: found.clsid, ...(found.user ? { user: found.user, password: found.password } : {}) };
    (which === 0 ? setPrimary : setSecondary)(member);
    if (which === 0 && name === '') {
      setName(found.protocol === 'opcua' ? proposed(found.name) : found.progId);
    }
    // The other server is the same program on another machine.
    if (which === 0 && found.protocol === 'opcda' && secondary['progId'] === undefined) {
      setSecondary({ ...member, host: String(secondary['host'] ?? '') });
    }
  };

  const ok = async () => {
    if (da) {
      const answer = await ask({
        title: 'Make the local configuration?',
        body: (
          <p>
            Clients find a server by what is registered for it where they look. Tandem can answer for '{name}' with what it
            has learned about it: its ProgID, its class and its interfaces. Would you like to automatically create the
            necessary configuration for '{name}'? It goes again when the pair is removed. Windows clients on other
            machines are led here by the file that <code>tandem reg</code> writes.
          </p>
        ),
        yes: 'Yes',
        no: 'No',
        hideId: 'create-local-configuration',
      });
      if (answer !== 'yes') {
        return;
      }
    }
    const settings: Tree = {
      name,
      ...(taken ? { alias: nextAlias(draft, name) } : {}),
      ...(mode === 'warm' ? {} : { mode }),
      members: [primary, secondary],
    };
    changeDraft((now) => add(now, settings));
    onClose();
    go({ page: 'pair', pair: publishedName(settings), tab: 'general' });
  };

  if (browsing !== null) {
    return (
      <Dialog title={`Choose the ${browsing === 0 ? 'primary' : 'secondary'} server`} onClose={() => setBrowsing(null)} size="xl" help="browsing-for-servers">
        <BrowseServers protocol={protocol} initialHost={da ? String((browsing === 0 ? primary : secondary)['host'] ?? '') : hostOf((browsing === 0 ? primary : secondary)['url'])} onPick={(found) => picked(browsing, found)} />
        <div className="row">
          <Button variant="default" onClick={() => setBrowsing(null)}>
            Back
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Add Redundant Server Configuration" onClose={onClose} size="lg" help="adding-redundancy">
      <form
        className="dialog"
        onSubmit={(e) => {
          e.preventDefault();
          void ok();
        }}
      >
        <SegmentedControl
          data={[
            { value: 'opcua', label: 'OPC UA' },
            { value: 'opcda', label: 'OPC DA' },
          ]}
          value={protocol}
          aria-label="Protocol"
          onChange={(next) => {
            setProtocol(next as Protocol);
            setPrimary({});
            setSecondary({});
          }}
        />
        <Place label="Primary" da={da} member={primary} onChange={setPrimary} onBrowse={() => setBrowsing(0)} />
        <Place label="Secondary" da={da} member={secondary} onChange={setSecondary} onBrowse={() => setBrowsing(1)} />
        <TextInput
          label={da ? 'ProgID (name for clients)' : 'Name (clients find the pair under it)'}
          value={name}
          maxLength={64}
          error={wrong}
          onChange={(e) => setName(e.currentTarget.value.trim())}
          placeholder={da ? 'Vendor.OPCServer.1' : 'plant1'}
        />
        {taken && (
          <Notice tone="warn">
            There is a pair of this name. Each pair on the same server needs a name of its own: this one is published as the alias <b>{nextAlias(draft, name)}</b>, which you can change.
          </Notice>
        )}
        <Select label="Connection mode" data={MODES} value={mode} allowDeselect={false} onChange={(next) => setMode(next ?? 'warm')} />
        <p className="muted small">Nothing happens to clients or servers until you save. A pair that is added here is enabled at the save.</p>
        <div className="row" data-actions>
          <span className="grow" />
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!whole}>
            OK
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function proposed(applicationName: string): string {
  return applicationName.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[^A-Za-z0-9]+|-+$/g, '').slice(0, 64);
}

function Place({ label, da, member, onChange, onBrowse }: { label: string; da: boolean; member: Tree; onChange: (member: Tree) => void; onBrowse: () => void }) {
  const put = (key: string, value: string) => {
    const next = { ...member, [key]: value };
    if (value === '') {
      delete next[key];
    }
    onChange(next);
  };
  return (
    <div className="form">
      <div className="with-button">
        <TextInput
          label={da ? `${label} (Hostname or IP Address)` : `${label} (Endpoint URL)`}
          value={String(member[da ? 'host' : 'url'] ?? '')}
          placeholder={da ? '10.0.0.1' : 'opc.tcp://10.0.0.1:4840'}
          data-autofocus={label === 'Primary' ? true : undefined}
          onChange={(e) => put(da ? 'host' : 'url', e.currentTarget.value.trim())}
        />
        <Button variant="default" h={36} px={10} onClick={onBrowse} aria-label={`Browse for the ${label.toLowerCase()} server`}>
          <Icon name="browse" />
        </Button>
      </div>
      {da && <TextInput label={`ProgID on the ${label.toLowerCase()}`} value={String(member['progId'] ?? '')} placeholder="Vendor.OPCServer.1" onChange={(e) => put('progId', e.currentTarget.value.trim())} />}
    </div>
  );
}

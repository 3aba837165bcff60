import logo from '../assets/tandem.svg';
import { Button, Menu } from '@mantine/core';
import { memo, useCallback, useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { isModified, publishedName, workOf } from '../model/draft';
import { setPrefs, usePrefs } from '../state/prefs';
import { TABS, formatRoute, go, parseRoute, useRoute, type Route, type ServiceSection } from '../state/route';
import { discardDraft, getState, logout, planNow, save, useStore } from '../state/store';
import { useNow } from '../ui/clock';
import { ask, say } from '../ui/dialogs';
import { Notice } from '../ui/Notice';
import { Icon, type IconName } from '../ui/Shape';
import { useSettled } from '../ui/useSettled';
import { span } from '../model/duration';
import { may, pairActions, removePair, useShownPair, type PairAction } from './actions';
import { HelpPanel } from './HelpPanel';
import { Later, useRestSoon } from './Later';
import { openDialog, openHelp, useOpened } from './open';
import { Overview } from './Overview';
import { PairPage } from './PairPage';
import { ServerView } from './ServerView';

const SAVING = 'save';

/** The window: menus, tools, the list of pairs on the left, what is chosen on the right (UI-1). */
export function Shell() {
  const route = useRoute();
  const { toolbar } = usePrefs();
  const [sideOpen, setSideOpen] = useState(false);
  useEffect(() => setSideOpen(false), [route.page, route.page === 'pair' ? route.pair : '']);
  useKeys(route);
  useGuard();
  useRestSoon();
  const onSide = useCallback(() => setSideOpen((open) => !open), []);
  return (
    <div className="frame">
      <TopBar onSide={onSide} sideOpen={sideOpen} />
      {toolbar && <Toolbar />}
      <Banner />
      <nav className={`side ${sideOpen ? 'open' : ''}`} aria-label="Redundant server configurations">
        <ServerView route={route} />
      </nav>
      <main className="main" id="main" tabIndex={-1}>
        <Content route={route} />
      </main>
      <PageTitle what={wordOf(route)} />
      <HelpPanel />
      <LargeDialogs />
    </div>
  );
}

function Content({ route }: { route: Route }) {
  switch (route.page) {
    case 'overview':
      return <Overview />;
    case 'pair':
      return <PairPage pair={route.pair} tab={route.tab} />;
    case 'service':
      return <Later>{(rest) => <rest.ServicePage section={route.section} />}</Later>;
    case 'help':
      return <Later>{(rest) => <rest.HelpPage topic={route.topic} />}</Later>;
  }
}

/** Whichever large dialog is open. */
const LargeDialogs = memo(function LargeDialogs() {
  const opened = useOpened();
  return opened ? <Later silent>{(rest) => <rest.LargeDialog opened={opened} />}</Later> : null;
});

// ---- keys, title, leaving -------------------------------------------------------------------------------------------

function helpOf(route: Route): string {
  switch (route.page) {
    case 'overview':
      return 'overview';
    case 'pair':
      return TABS.find((tab) => tab.value === route.tab)!.help;
    case 'service':
      return 'the-service';
    case 'help':
      return 'console';
  }
}

function useKeys(route: Route) {
  useEffect(() => {
    const keys = (e: globalThis.KeyboardEvent) => {
      if (e.key === 'F1') {
        e.preventDefault();
        const within = document.activeElement?.closest('[data-help]')?.getAttribute('data-help');
        openHelp(within || helpOf(route));
      } else if (e.key === 's' && (e.ctrlKey || e.metaKey)) {
        e.preventDefault();
        void saveDraft();
      }
    };
    window.addEventListener('keydown', keys);
    return () => window.removeEventListener('keydown', keys);
  }, [route]);
}

function wordOf(route: Route): string {
  return route.page === 'pair' ? route.pair : route.page === 'overview' ? 'Overview' : route.page === 'help' ? 'Help' : 'Service';
}

/** Nobody reads the title of what is shown for less; to set it takes a browser longer than most of what a click does. */
const TITLED_MS = 100;

const PageTitle = memo(function PageTitle({ what }: { what: string }) {
  const modified = useModified();
  const titled = useSettled(what, TITLED_MS) || what;
  useEffect(() => {
    document.title = `${titled} - Tandem${modified ? ' [configuration is modified]' : ''}`;
  }, [titled, modified]);
  return null;
});

/** Who closes the page with a draft is asked by the browser (APP-4); inside the page a draft stays by itself. */
function useGuard() {
  useEffect(() => {
    const leaving = (e: BeforeUnloadEvent) => {
      const draft = getState().draft;
      if (draft && isModified(draft)) {
        e.preventDefault();
      }
    };
    window.addEventListener('beforeunload', leaving);
    return () => window.removeEventListener('beforeunload', leaving);
  }, []);
}

export function useModified(): boolean {
  return useStore((s) => s.draft !== null && isModified(s.draft));
}

// ---- saving ---------------------------------------------------------------------------------------------------------

let isSaving = false;

/** Saves the draft, after saying which clients have to connect anew if any have. One save at a time: a second would be in conflict with the first. */
export async function saveDraft(): Promise<void> {
  if (isSaving) {
    return;
  }
  isSaving = true;
  try {
    await reallySave();
  } finally {
    isSaving = false;
  }
}

async function reallySave(): Promise<void> {
  const { draft } = getState();
  if (!draft || !isModified(draft)) {
    return;
  }
  // Asked now: what was asked while somebody typed may be on its way still.
  const plan = await planNow();
  const dropping = plan?.steps.filter((step) => step.dropsClients) ?? [];
  if (dropping.length > 0) {
    const answer = await ask({
      title: 'Save: some clients have to connect anew',
      body: (
        <ul>
          {dropping.map((step, i) => (
            <li key={i}>{step.what}</li>
          ))}
        </ul>
      ),
      yes: 'Save',
      tone: 'bad',
      hideId: 'save-drops-clients',
    });
    if (answer !== 'yes') {
      return;
    }
  }
  const outcome = await save();
  switch (outcome.kind) {
    case 'saved':
      say('good', savedWords(outcome.plan?.steps.length ?? 0), SAVING);
      leaveWhatIsGone();
      return;
    case 'conflict':
      openDialog({ dialog: 'conflict' });
      return;
    case 'invalid':
      say('bad', (
        <>
          Not saved: {outcome.plan.problems.filter((problem) => problem.severity === 'error').slice(0, 3).map((problem) => (
            <div key={problem.path + problem.message}>
              {problem.pair ? `${problem.pair}: ` : ''}
              {problem.path} {problem.message} {problem.remedy}
            </div>
          ))}
        </>
      ), SAVING);
      return;
    case 'failed':
      say('bad', `Not saved. ${outcome.why}`, SAVING);
  }
}

function savedWords(steps: number): string {
  return steps === 0 ? 'Saved.' : `Saved and in force; ${steps} ${steps === 1 ? 'thing' : 'things'} changed at run time.`;
}

function leaveWhatIsGone(): void {
  const match = /^#\/pair\/([^/]*)/.exec(window.location.hash);
  const draft = getState().draft;
  if (match && draft && !workOf(draft, decodeURIComponent(match[1]!))) {
    go({ page: 'overview' });
  }
}

async function discard(): Promise<void> {
  const answer = await ask({
    title: 'Discard all changes?',
    body: <p>Everything that was changed and not saved goes back to what is saved.</p>,
    yes: 'Discard',
    tone: 'bad',
    hideId: 'discard',
  });
  if (answer === 'yes') {
    discardDraft();
    leaveWhatIsGone();
  }
}

async function exit(): Promise<void> {
  const draft = getState().draft;
  if (draft && isModified(draft) && may('engineer')) {
    const answer = await ask({
      title: 'Save changes before you log out?',
      body: <p>There are changes that are not saved. "Discard" throws them away.</p>,
      yes: 'Save',
      other: 'Discard',
    });
    if (answer === 'no') {
      return;
    }
    if (answer === 'yes') {
      await saveDraft();
      if (isModifiedNow()) {
        return;
      }
    } else {
      discardDraft();
    }
  }
  await logout().catch(() => undefined);
}

function isModifiedNow(): boolean {
  const draft = getState().draft;
  return draft !== null && isModified(draft);
}

// ---- menus ----------------------------------------------------------------------------------------------------------

interface Entry {
  label: string;
  icon?: IconName;
  keys?: string;
  run: () => void;
  group: number;
  disabled?: boolean;
  checked?: boolean;
}

function useMenus(): Record<(typeof MENUS)[number], Entry[]> {
  const { toolbar, scheme } = usePrefs();
  const modified = useModified();
  const shown = useShownPair();
  const { draft, status, session } = useStore((s) => ({ draft: s.draft, status: s.status, session: s.session }));
  const work = draft && shown ? workOf(draft, shown) : undefined;
  const state = status?.pairs.find((pair) => pair.name === shown);
  const engineer = may('engineer');
  const pair = shown ? pairActions(work, state) : pairActions(undefined, undefined);
  const section = (label: string, which: ServiceSection): Entry => ({ label, run: () => go({ page: 'service', section: which }), group: 1 });
  return {
    File: [
      { label: 'Save', icon: 'save', keys: 'Ctrl+S', run: () => void saveDraft(), group: 0, disabled: !modified || !engineer },
      { label: 'Discard Changes', icon: 'discard', run: () => void discard(), group: 0, disabled: !modified },
      { label: `Exit (log out ${session?.user ?? ''})`, run: () => void exit(), group: 1 },
      ...(engineer ? [{ label: 'Exit and Shutdown…', icon: 'power' as IconName, run: () => openDialog({ dialog: 'shutdown' }), group: 1 }] : []),
    ],
    Edit: pair.length > 0 ? pair : [{ label: 'Nothing that you may change', run: () => undefined, group: 0, disabled: true }],
    View: [
      { label: 'Toolbar', run: () => setPrefs({ toolbar: !toolbar }), group: 0, checked: toolbar },
      { label: 'Overview', icon: 'overview', run: () => go({ page: 'overview' }), group: 1 },
      { label: 'Light', run: () => setPrefs({ scheme: 'light' }), group: 2, checked: scheme === 'light' },
      { label: 'Dark', run: () => setPrefs({ scheme: 'dark' }), group: 2, checked: scheme === 'dark' },
      { label: 'As the system', run: () => setPrefs({ scheme: 'auto' }), group: 2, checked: scheme === 'auto' },
    ],
    Tools: [
      {
        label: 'Reset Prompt Dialogs',
        run: () => {
          setPrefs({ hiddenPrompts: [] });
          say('good', 'All prompts are shown again.');
        },
        group: 0,
      },
      section('Addresses', 'addresses'),
      section('Certificates', 'certificates'),
      ...(engineer ? [section('Users', 'users'), section('Audit', 'audit'), section('Saved Versions', 'versions')] : []),
      { label: 'Change My Password…', icon: 'user', run: () => openDialog({ dialog: 'password' }), group: 2 },
    ],
    Help: [
      { label: 'Help on This Topic', icon: 'help', keys: 'F1', run: () => openHelp(helpOf(currentRoute())), group: 0 },
      { label: 'Contents', run: () => go({ page: 'help', topic: '' }), group: 0 },
      { label: 'Search', icon: 'search', run: () => go({ page: 'help', topic: 'search' }), group: 0 },
      { label: 'Technical Support', run: () => go({ page: 'help', topic: 'console.technical-support' }), group: 1 },
      { label: 'About', run: () => openDialog({ dialog: 'about' }), group: 1 },
    ],
  };
}

function currentRoute(): Route {
  return parseRoute(window.location.hash);
}

const MENUS = ['File', 'Edit', 'View', 'Tools', 'Help'] as const;

const TopBar = memo(function TopBar({ onSide, sideOpen }: { onSide: () => void; sideOpen: boolean }) {
  const modified = useModified();
  const session = useStore((s) => s.session);
  const bar = useRef<HTMLDivElement>(null);
  const moveAlong = (e: KeyboardEvent) => {
    if (e.key !== 'ArrowLeft' && e.key !== 'ArrowRight') {
      return;
    }
    const buttons = [...(bar.current?.querySelectorAll<HTMLElement>('.menubutton') ?? [])];
    const here = buttons.indexOf(document.activeElement as HTMLElement);
    if (here >= 0) {
      buttons[(here + (e.key === 'ArrowRight' ? 1 : buttons.length - 1)) % buttons.length]!.focus();
    }
  };
  return (
    <header className="top">
      <button type="button" className="menubutton only-narrow" onClick={onSide} aria-expanded={sideOpen} aria-label="Redundant server configurations">
        <Icon name="menu" size={18} />
      </button>
      <a className="brand" href={formatRoute({ page: 'overview' })}>
        <img src={logo} alt="" />
        Tandem
      </a>
      <div className="menubar only-wide" ref={bar} onKeyDown={moveAlong}>
        {MENUS.map((name) => (
          <Menu key={name} position="bottom-start">
            <Menu.Target>
              <button type="button" className="menubutton">
                {name}
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              <EntriesOf name={name} />
            </Menu.Dropdown>
          </Menu>
        ))}
      </div>
      <span className="grow" />
      {modified && <span className="modified small cut">[configuration is modified]</span>}
      <Connection />
      <span className="muted small only-wide">
        {session?.user} ({session?.role})
      </span>
      <span className="only-narrow">
        <Menu position="bottom-end">
          <Menu.Target>
            <button type="button" className="menubutton" aria-label="Menu">
              <Icon name="more" size={18} />
            </button>
          </Menu.Target>
          <Menu.Dropdown mah="80vh" className="scrolled">
            {MENUS.map((name) => (
              <div key={name}>
                <Menu.Label>{name}</Menu.Label>
                <EntriesOf name={name} />
              </div>
            ))}
          </Menu.Dropdown>
        </Menu>
      </span>
    </header>
  );
});

/** Only an open menu asks what is in it, so that a closed one has nothing to do when that changes. */
function EntriesOf({ name }: { name: (typeof MENUS)[number] }) {
  return <Entries entries={useMenus()[name]} />;
}

function Entries({ entries }: { entries: Entry[] }) {
  const items: ReactNode[] = [];
  entries.forEach((entry, i) => {
    if (i > 0 && entries[i - 1]!.group !== entry.group) {
      items.push(<Menu.Divider key={`line${i}`} />);
    }
    items.push(
      <Menu.Item
        key={entry.label}
        disabled={entry.disabled}
        onClick={entry.run}
        leftSection={entry.checked !== undefined ? <span className="check">{entry.checked ? <Icon name="check" /> : null}</span> : entry.icon ? <Icon name={entry.icon} /> : <span className="check" />}
        rightSection={entry.keys ? <kbd>{entry.keys}</kbd> : undefined}
        role={entry.checked !== undefined ? 'menuitemcheckbox' : undefined}
        aria-checked={entry.checked}
      >
        {entry.label}
      </Menu.Item>,
    );
  });
  return <>{items}</>;
}

/** The same entries, as a menu that any element can open. */
export function ActionItems({ actions }: { actions: PairAction[] }) {
  return <Entries entries={actions} />;
}

function Connection() {
  const { lost, version } = useStore((s) => ({ lost: s.lostSince !== null, version: s.status?.version }));
  return (
    <span className={`pill tone-${lost ? 'bad' : 'good'}`} data-live={!lost} title={lost ? 'The service is not heard' : `Live; Tandem ${version ?? ''}`}>
      {lost ? 'Not connected' : 'Live'}
    </span>
  );
}

// ---- tools ----------------------------------------------------------------------------------------------------------

const Toolbar = memo(function Toolbar() {
  const modified = useModified();
  // The role too, which a service that comes back may say anew.
  const { saving } = useStore((s) => ({ saving: s.saving, role: s.session?.role }));
  const engineer = may('engineer');
  return (
    <div className="tools" role="toolbar" aria-label="Tools">
      <Button leftSection={<Icon name="save" />} disabled={!modified || !engineer} loading={saving} onClick={() => void saveDraft()} title="Save the configuration and make it what runs (Ctrl+S)">
        Save
      </Button>
      <Button variant="default" leftSection={<Icon name="discard" />} disabled={!modified} onClick={() => void discard()}>
        Discard
      </Button>
      <Button variant="default" leftSection={<Icon name="add" />} disabled={!engineer} onClick={() => openDialog({ dialog: 'add' })} title="Add Redundant Server Configuration">
        Add
      </Button>
      <RemoveButton />
      <span className="grow" />
      <PlanInShort />
    </div>
  );
});

function RemoveButton() {
  const shown = useShownPair();
  const { known } = useStore((s) => ({ known: s.draft && shown ? workOf(s.draft, shown)?.removed === false : false, role: s.session?.role }));
  return <Remove disabled={!may('engineer') || !known} />;
}

/** The same button where one goes from pair to pair. */
const Remove = memo(function Remove({ disabled }: { disabled: boolean }) {
  const remove = () => {
    const route = currentRoute();
    if (route.page === 'pair') {
      void removePair(route.pair);
    }
  };
  return (
    <Button variant="default" leftSection={<Icon name="remove" />} disabled={disabled} onClick={remove} title="Remove Redundant Server Configuration">
      Remove
    </Button>
  );
});

/** What saving the draft would do, all the time while there is one. */
function PlanInShort() {
  const { plan, modified } = useStore((s) => ({ plan: s.plan, modified: s.draft !== null && isModified(s.draft) }));
  if (!modified || !plan) {
    return null;
  }
  const errors = plan.problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) {
    return (
      <span className="small state-word tone-bad" title={errors.map((problem) => `${problem.pair ?? ''} ${problem.path}: ${problem.message}`).join('\n')}>
        {errors.length === 1 ? '1 setting is not right yet' : `${errors.length} settings are not right yet`}
      </span>
    );
  }
  const dropping = plan.steps.filter((step) => step.dropsClients);
  return (
    <span className="muted small cut" title={plan.steps.map((step) => step.what).join('\n')}>
      {dropping.length > 0 ? `Saving drops clients of ${[...new Set(dropping.map((step) => step.pair))].join(', ')}` : 'Saving drops no client'}
    </span>
  );
}

const Banner = memo(function Banner() {
  const { lostSince, overtaken, secretsLost, frontDoor, problem } = useStore((s) => ({
    lostSince: s.lostSince,
    overtaken: s.overtakenBy !== null,
    secretsLost: s.secretsLost,
    frontDoor: s.status?.frontDoor,
    problem: s.settings === null ? s.settingsProblem : null,
  }));
  return (
    <div className="banner">
      {lostSince !== null && <LostNotice since={lostSince} />}
      {frontDoor === 'closed' && (
        <Notice tone="bad">The front door is closed: no client can connect. Tandem tries to open it again; the diagnostics say why.</Notice>
      )}
      {overtaken && (
        <Notice tone="warn">
          <div className="row">
            <span className="grow">Somebody else has saved another configuration since you began to change this one.</span>
            <Button variant="default" onClick={() => openDialog({ dialog: 'conflict' })}>
              Show what changed
            </Button>
          </div>
        </Notice>
      )}
      {secretsLost && <Notice tone="warn">Your unsaved changes are back. Passwords are not kept in the browser: enter those that you had changed again.</Notice>}
      {problem && <Notice tone="bad">The settings cannot be read: {problem}</Notice>}
    </div>
  );
});

function LostNotice({ since }: { since: number }) {
  const now = useNow();
  return (
    <Notice tone="bad">
      <b>Disconnected from the Tandem service</b> for {span(now - since)}. What you see may be old, and clients may not be
      able to reach their servers. This page comes back by itself within 10 s after the service does. You can go on
      changing settings meanwhile.
      <ul>
        <li>
          Stopped on purpose: start it again, as with <code>systemctl start tandem</code> or <code>tandem run</code>.
        </li>
        <li>Still running: look whether a firewall or a tunnel between this browser and it has closed.</li>
      </ul>
    </Notice>
  );
}

export function nameOf(work: { was: string | null; settings: Parameters<typeof publishedName>[0] }): string {
  return work.was ?? publishedName(work.settings);
}

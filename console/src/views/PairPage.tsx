import { Button, Menu } from '@mantine/core';
import { memo, useEffect, useLayoutEffect, useRef, type KeyboardEvent, type RefObject } from 'react';
import { publishedName, workOf } from '../model/draft';
import { PHASES, pairTone, roleOf } from '../model/words';
import { TABS, go, type Tab } from '../state/route';
import { getState, useStore } from '../state/store';
import { Icon, Pill, PairIcon } from '../ui/Shape';
import { useIsNarrow } from '../ui/useNarrow';
import { ActionItems } from './Shell';
import { may, order, pairActions, useShownPair } from './actions';
import { openDialog, openHelp } from './open';
import { Later } from './Later';
import { Live } from './tabs/Live';

/** What is chosen on the left: how it is now, and its settings (CV-1). */
export function PairPage({ pair, tab }: { pair: string; tab: Tab }) {
  const { status, work, known } = useStore((s) => ({
    status: s.status?.pairs.find((each) => each.name === pair),
    work: s.draft ? workOf(s.draft, pair) : undefined,
    known: s.status !== null && s.draft !== null,
  }));
  if (!status && !work) {
    return (
      <div className="page">
        <p className="empty">{known ? `There is no pair '${pair}' any more.` : 'Loading …'}</p>
      </div>
    );
  }
  return (
    <>
      <PairHead pair={pair} />
      <TabList pair={pair} tab={tab} />
      <div className={`page ${tab === 'diagnostics' ? 'full' : ''}`} role="tabpanel" id="panel" aria-labelledby={`tab-${tab}`} data-help={tab}>
        {tab !== 'live' && (
          <button type="button" className="helpline" onClick={() => openHelp(tab)}>
            Press <kbd>F1</kbd> for help on this topic
          </button>
        )}
        {tab === 'live' ? <Live pair={pair} /> : <Settings key={pair} pair={pair} tab={tab} />}
      </div>
    </>
  );
}

function Settings({ pair, tab }: { pair: string; tab: Tab }) {
  return (
    <Later>
      {(rest) => (
        <>
          {tab === 'general' && <rest.General pair={pair} />}
          {tab === 'monitoring' && <rest.Monitoring pair={pair} />}
          {tab === 'diagnostics' && <rest.Diagnostics pair={pair} />}
          {tab === 'notifications' && <rest.Notifications pair={pair} />}
        </>
      )}
    </Later>
  );
}

function PairHead({ pair }: { pair: string }) {
  const { status, work } = useStore((s) => ({
    status: s.status?.pairs.find((each) => each.name === pair),
    work: s.draft ? workOf(s.draft, pair) : undefined,
  }));
  const operator = may('operator');
  const next = status && status.active !== null ? nextMember(status) : null;
  const shown = useRef(pair);
  useLayoutEffect(() => {
    shown.current = pair;
  }, [pair]);
  return (
    <div className="pairhead">
      <PairIcon enabled={status?.enabled ?? false} size={26} />
      <h1 className="cut">{work ? publishedName(work.settings) : pair}</h1>
      {status ? (
        <Pill tone={pairTone(status)}>
          {PHASES[status.phase]?.word ?? status.phase}
          {status.active !== null && status.phase === 'serving' ? ` on ${roleOf(status.active).toLowerCase()}` : ''}
        </Pill>
      ) : (
        <Pill tone="idle">New; not saved yet</Pill>
      )}
      {work?.removed && <Pill tone="warn">Is removed when you save</Pill>}
      {status?.pinned != null && <Pill tone="warn">Pinned to {roleOf(status.pinned).toLowerCase()}</Pill>}
      <span className="grow" />
      {status && operator && <Orders shown={shown} enabled={status.enabled} next={next} active={status.active} pinned={status.pinned} mayCheck={may('engineer')} />}
      <Actions />
    </div>
  );
}

/** What can be ordered of the pair that is shown: the same buttons where one goes from pair to pair, or a value changes. */
const Orders = memo(function Orders({
  shown,
  enabled,
  next,
  active,
  pinned,
  mayCheck,
}: {
  shown: RefObject<string>;
  enabled: boolean;
  next: number | null;
  active: number | null;
  pinned: number | null;
  mayCheck: boolean;
}) {
  const give = (what: Parameters<typeof order>[0], member?: number) => {
    const status = getState().status?.pairs.find((each) => each.name === shown.current);
    if (status) {
      void order(what, status, member);
    }
  };
  return (
    <div className="row">
      {enabled && next !== null && (
        <Button variant="default" leftSection={<Icon name="swap" />} onClick={() => give('switch', next)}>
          Switch to {roleOf(next).toLowerCase()}
        </Button>
      )}
      {enabled &&
        active !== null &&
        (pinned === null ? (
          <Button variant="default" leftSection={<Icon name="pin" />} onClick={() => give('pin', active)}>
            Pin
          </Button>
        ) : (
          <Button variant="default" leftSection={<Icon name="pin" />} onClick={() => give('unpin')}>
            Unpin
          </Button>
        ))}
      <Button variant="default" leftSection={<Icon name="power" />} onClick={() => give(enabled ? 'disable' : 'enable')}>
        {enabled ? 'Disable' : 'Enable'}
      </Button>
      {mayCheck && (
        <Button variant="default" leftSection={<Icon name="check" />} onClick={() => openDialog({ dialog: 'check', pair: shown.current })}>
          Check
        </Button>
      )}
    </div>
  );
});

/** The same button and menu for whichever pair is shown. */
const Actions = memo(function Actions() {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" aria-label="More actions" px={8}>
          <Icon name="more" />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <ActionsOf />
      </Menu.Dropdown>
    </Menu>
  );
});

/** Only an open menu asks what is in it. */
function ActionsOf() {
  const pair = useShownPair() ?? '';
  const { status, work } = useStore((s) => ({
    status: s.status?.pairs.find((each) => each.name === pair),
    work: s.draft ? workOf(s.draft, pair) : undefined,
  }));
  return <ActionItems actions={pairActions(work, status)} />;
}

/** Where one click would lead: the best of the others. */
function nextMember(pair: { active: number | null; members: { index: number; active: boolean; ready: boolean }[] }): number | null {
  const others = pair.members.filter((member) => !member.active);
  return (others.find((member) => member.ready) ?? others[0])?.index ?? null;
}

function TabList({ pair, tab }: { pair: string; tab: Tab }) {
  const list = useRef<HTMLDivElement>(null);
  const wrong = useStore((s) => {
    const name = s.draft ? workOf(s.draft, pair) : undefined;
    const published = name ? publishedName(name.settings) : pair;
    return (s.plan?.problems ?? [])
      .filter((problem) => problem.severity === 'error' && (problem.pair === pair || problem.pair === published))
      .map((problem) => tabOfPath(problem.path))
      .join(' ');
  });
  const narrow = useIsNarrow();
  useEffect(() => {
    const box = list.current;
    const here = box?.querySelector('[aria-selected=true]');
    if (narrow && box && here) {
      const [all, one] = [box.getBoundingClientRect(), here.getBoundingClientRect()];
      box.scrollLeft += Math.max(0, one.right - all.right) + Math.min(0, one.left - all.left);
    }
  }, [tab, narrow]);
  const keys = (e: KeyboardEvent) => {
    const step = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
    if (step !== 0) {
      e.preventDefault();
      const next = TABS[(TABS.findIndex((each) => each.value === tab) + step + TABS.length) % TABS.length]!;
      go({ page: 'pair', pair, tab: next.value });
      list.current?.querySelector<HTMLElement>(`#tab-${next.value}`)?.focus();
    }
  };
  return (
    <div className="tabs" role="tablist" aria-label="Views of the pair" ref={list} onKeyDown={keys}>
      {TABS.map((each) => (
        <button
          key={each.value}
          type="button"
          role="tab"
          id={`tab-${each.value}`}
          aria-controls="panel"
          aria-selected={each.value === tab}
          tabIndex={each.value === tab ? 0 : -1}
          className="tab"
          onClick={() => go({ page: 'pair', pair, tab: each.value })}
        >
          {each.label}
          {wrong.split(' ').includes(each.value) && <span className="tone-bad"> (not right)</span>}
        </button>
      ))}
    </div>
  );
}

export function tabOfPath(path: string): Tab {
  return path.startsWith('monitor') ? 'monitoring' : path.startsWith('notifications') ? 'notifications' : path === 'maximumEvents' ? 'diagnostics' : 'general';
}


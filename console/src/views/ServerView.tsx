import { Menu, TextInput } from '@mantine/core';
import { memo, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import type { PairStatus } from '../api/types';
import { publishedName, type Work } from '../model/draft';
import { inShort, pairTone } from '../model/words';
import { formatRoute, go, type Route } from '../state/route';
import { useStore } from '../state/store';
import { Icon, PairIcon, Shape } from '../ui/Shape';
import { VirtualList } from '../ui/VirtualList';
import { may, pairActions } from './actions';
import { openDialog } from './open';
import { ActionItems } from './Shell';

/** One line of the list: a pair that runs, one that is only in the draft, or both. */
export interface Line {
  name: string;
  status: PairStatus | undefined;
  work: Work | undefined;
}

/** All pairs (SV-1): those of the service in its order, then those that are only in the draft. */
export function useLines(): Line[] {
  const { pairs, works } = useStore((s) => ({ pairs: s.status?.pairs, works: s.draft?.pairs }));
  return useMemo(() => {
    const byName = new Map(works?.map((work) => [work.was, work]));
    const lines: Line[] = (pairs ?? []).map((status) => ({ name: status.name, status, work: byName.get(status.name) }));
    const running = new Set(lines.map((line) => line.name));
    for (const work of works ?? []) {
      const name = work.was ?? publishedName(work.settings);
      if (!running.has(name)) {
        lines.push({ name, status: undefined, work });
      }
    }
    return lines;
  }, [pairs, works]);
}

interface At {
  x: number;
  y: number;
  name: string;
}

const ROW = 52;

export function ServerView({ route }: { route: Route }) {
  const lines = useLines();
  const [filter, setFilter] = useState('');
  const [menu, setMenu] = useState<At | null>(null);
  const known = useStore((s) => s.status !== null);
  const wanted = filter.trim().toLowerCase();
  const shown = wanted === '' ? lines : lines.filter((line) => labelOf(line).toLowerCase().includes(wanted));
  const here = route.page === 'pair' ? route.pair : null;
  const current = shown.findIndex((line) => line.name === here);
  const menuLine = menu && lines.find((line) => line.name === menu.name);
  return (
    <>
      <div className="side-head">
        <a className="navlink" href={formatRoute({ page: 'overview' })} aria-current={route.page === 'overview' ? 'page' : undefined}>
          <Icon name="overview" /> Overview
        </a>
        {(lines.length > 8 || filter) && <Filter count={lines.length} value={filter} onChange={setFilter} />}
      </div>
      {known && lines.length === 0 && <Nothing />}
      <div className="pairs">
        <VirtualList
          label="Pairs"
          count={shown.length}
          rowHeight={ROW}
          chosen={current}
          onChosen={(i) => go({ page: 'pair', pair: shown[i]!.name, tab: route.page === 'pair' ? route.tab : 'live' })}
          row={(i) => {
            const line = shown[i]!;
            return <PairRow line={line} isHere={line.name === here} tab={route.page === 'pair' ? route.tab : 'live'} onMenu={setMenu} />;
          }}
        />
      </div>
      <div className="side-head">
        <a className="navlink" href={formatRoute({ page: 'service', section: 'addresses' })} aria-current={route.page === 'service' ? 'page' : undefined}>
          <Icon name="gear" /> Service
        </a>
        <a className="navlink" href={formatRoute({ page: 'help', topic: '' })} aria-current={route.page === 'help' ? 'page' : undefined}>
          <Icon name="help" /> Help
        </a>
      </div>
      {menu && menuLine && (
        <Menu opened onClose={() => setMenu(null)} position="bottom-start" returnFocus>
          <Menu.Target>
            <span className="menu-spot" style={{ left: menu.x, top: menu.y }} />
          </Menu.Target>
          <Menu.Dropdown aria-label={`Actions for ${menu.name}`}>
            <ActionItems actions={pairActions(menuLine.work, menuLine.status)} />
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}

/** The same field where one goes from pair to pair. */
const Filter = memo(function Filter({ count, value, onChange }: { count: number; value: string; onChange: (value: string) => void }) {
  return (
    <TextInput
      size="xs"
      aria-label="Filter pairs by name"
      placeholder={`Filter ${count} pairs`}
      value={value}
      onChange={(e) => onChange(e.currentTarget.value)}
      leftSection={<Icon name="search" />}
    />
  );
});

function labelOf(line: Line): string {
  return line.work ? publishedName(line.work.settings) : line.name;
}

function Nothing() {
  return (
    <div className="empty">
      {may('engineer') ? (
        <button type="button" className="helpline" onClick={() => openDialog({ dialog: 'add' })}>
          Click here to add redundancy to a server.
        </button>
      ) : (
        'There are no pairs yet.'
      )}
    </div>
  );
}

const PairRow = memo(
  function PairRow({ line, isHere, tab, onMenu }: { line: Line; isHere: boolean; tab: 'live' | 'general' | 'monitoring' | 'diagnostics' | 'notifications'; onMenu: (at: At) => void }) {
    const { status, work } = line;
    const link = useRef<HTMLAnchorElement>(null);
    const context = (e: MouseEvent) => {
      e.preventDefault();
      const box = link.current!.getBoundingClientRect();
      // A menu key has no place of its own.
      onMenu({ x: e.clientX || box.left + 40, y: e.clientY || box.bottom - 8, name: line.name });
    };
    const keys = (e: KeyboardEvent) => {
      if (e.key === 'F10' && e.shiftKey) {
        e.preventDefault();
        const box = link.current!.getBoundingClientRect();
        onMenu({ x: box.left + 40, y: box.bottom - 8, name: line.name });
      }
    };
    const word = work?.removed ? 'Is removed when you save' : status ? inShort(status) : 'New; not saved yet';
    return (
      <a
        ref={link}
        className={`pairrow ${work?.removed ? 'removed' : ''}`}
        href={formatRoute({ page: 'pair', pair: line.name, tab })}
        aria-current={isHere ? 'page' : undefined}
        onContextMenu={context}
        onKeyDown={keys}
        data-pair={line.name}
        tabIndex={isHere ? 0 : -1}
      >
        <PairIcon enabled={status?.enabled ?? false} />
        <span className="cut">
          <span className="name cut" title={labelOf(line)}>
            {labelOf(line)}
          </span>
          <br />
          <span className="state">{word}</span>
        </span>
        {status && <Shape tone={pairTone(status)} />}
      </a>
    );
  },
  (a, b) => a.isHere === b.isHere && a.tab === b.tab && a.line.work === b.line.work && a.line.name === b.line.name && sameLook(a.line.status, b.line.status),
);

function sameLook(a: PairStatus | undefined, b: PairStatus | undefined): boolean {
  if (a === b) {
    return true;
  }
  return !!a && !!b && a.enabled === b.enabled && inShort(a) === inShort(b) && pairTone(a) === pairTone(b);
}

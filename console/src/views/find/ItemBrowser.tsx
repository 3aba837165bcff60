import { Button, Loader, TextInput } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import { post, sentence } from '../../api/http';
import type { FoundItem, Tree } from '../../api/types';
import { Notice } from '../../ui/Notice';
import { Icon } from '../../ui/Shape';

interface Node {
  item: FoundItem;
  depth: number;
  path: string[];
}

interface Branch {
  children: FoundItem[];
  more?: string;
}

const keyOf = (path: readonly string[]) => JSON.stringify(path);

/** The items of a live server, folder by folder; long folders page by page. */
export function ItemBrowser({ pair, member, memberSettings, onPick }: { pair: string | null; member: number; memberSettings?: Tree; onPick: (item: FoundItem) => void }) {
  const [branches, setBranches] = useState<Record<string, Branch>>({});
  const [open, setOpen] = useState<string[]>([]);
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [filter, setFilter] = useState('');

  const load = useCallback(
    async (path: string[], after?: string) => {
      setBusy(keyOf(path));
      setProblem(null);
      try {
        const answer = await post<{ items: FoundItem[]; more?: string | null }>('/discovery/items', {
          ...(pair === null ? { settings: memberSettings } : { pair, member }),
          path,
          ...(after ? { after } : {}),
        });
        setBranches((now) => {
          const before = after ? (now[keyOf(path)]?.children ?? []) : [];
          return { ...now, [keyOf(path)]: { children: [...before, ...answer.items], more: answer.more ?? undefined } };
        });
      } catch (e) {
        setProblem(sentence(e));
      } finally {
        setBusy(null);
      }
    },
    [pair, member, memberSettings],
  );

  useEffect(() => {
    setBranches({});
    setOpen([]);
    void load([]);
  }, [load]);

  const toggle = (path: string[]) => {
    const key = keyOf(path);
    if (open.includes(key)) {
      setOpen(open.filter((each) => each !== key));
    } else {
      setOpen([...open, key]);
      if (!branches[key]) {
        void load(path);
      }
    }
  };

  const wanted = filter.trim().toLowerCase();
  const rows: (Node | { more: string[]; after: string; depth: number })[] = [];
  const walk = (path: string[], depth: number) => {
    const branch = branches[keyOf(path)];
    for (const item of branch?.children ?? []) {
      const below = [...path, item.id];
      const matches = wanted === '' || item.isFolder || item.name.toLowerCase().includes(wanted) || item.id.toLowerCase().includes(wanted);
      if (matches) {
        rows.push({ item, depth, path: below });
      }
      if (item.isFolder && open.includes(keyOf(below))) {
        walk(below, depth + 1);
      }
    }
    if (branch?.more) {
      rows.push({ more: path, after: branch.more, depth });
    }
  };
  walk([], 0);

  return (
    <div className="dialog">
      <TextInput size="xs" aria-label="Filter items" placeholder="Filter what is shown" value={filter} leftSection={<Icon name="search" />} onChange={(e) => setFilter(e.currentTarget.value)} />
      {problem && <Notice tone="bad">{problem}</Notice>}
      <div className="tree" role="tree" aria-label="Items of the server">
        {rows.map((row) =>
          'more' in row ? (
            <div key={`${keyOf(row.more)}more`} className="treerow" style={{ paddingLeft: 10 + row.depth * 18 }}>
              <Button size="compact-xs" variant="default" loading={busy === keyOf(row.more)} onClick={() => void load(row.more, row.after)}>
                Show more
              </Button>
            </div>
          ) : (
            <TreeRow key={keyOf(row.path)} row={row} isOpen={open.includes(keyOf(row.path))} isBusy={busy === keyOf(row.path)} onToggle={() => toggle(row.path)} onPick={() => onPick(row.item)} />
          ),
        )}
        {busy === keyOf([]) && (
          <div className="treerow muted">
            <Loader size="xs" /> Asking the server …
          </div>
        )}
        {busy === null && rows.length === 0 && !problem && <p className="empty">The server shows no items here.</p>}
      </div>
    </div>
  );
}

function TreeRow({ row, isOpen, isBusy, onToggle, onPick }: { row: Node; isOpen: boolean; isBusy: boolean; onToggle: () => void; onPick: () => void }) {
  const { item } = row;
  return (
    <div role="treeitem" aria-expanded={item.isFolder ? isOpen : undefined} aria-level={row.depth + 1} aria-selected={false}>
      <button type="button" className="treerow" style={{ paddingLeft: 10 + row.depth * 18 }} onClick={item.isFolder && !item.isItem ? onToggle : onPick} title={item.id}>
        {item.isFolder ? (
          <span
            className={`fold ${isOpen ? 'open' : ''}`}
            onClick={(e) => {
              e.stopPropagation();
              onToggle();
            }}
          >
            <Icon name="caret" />
          </span>
        ) : (
          <Icon name="tag" />
        )}
        <span className="grow cut">{item.name}</span>
        {isBusy && <Loader size="xs" />}
        {item.dataType && <span className="muted small">{item.dataType}</span>}
      </button>
    </div>
  );
}

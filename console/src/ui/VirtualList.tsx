import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';

const BEYOND = 8;
/** Browsers end what they lay out somewhere above 16 million pixels; no list of ours comes near. */

/**
 * A list that has only those rows in the page that are seen, all of one height: 30,000 rows cost what 40 do.
 * Arrows, page keys, home and end move the focus of a row along; each row is one stop for keys.
 */
export function VirtualList({
  count,
  rowHeight,
  row,
  label,
  onNearEnd,
  role = 'list',
  className = '',
  chosen,
  onChosen,
}: {
  count: number;
  rowHeight: number;
  row: (index: number, isChosen: boolean) => ReactNode;
  label: string;
  onNearEnd?: () => void;
  role?: string;
  className?: string;
  chosen?: number;
  onChosen?: (index: number) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 600 });

  const look = useCallback(() => {
    const element = box.current;
    if (element) {
      const top = element.scrollTop;
      const height = element.clientHeight;
      setSeen((was) => (was.top === top && was.height === height ? was : { top, height }));
    }
  }, []);

  // Not asked for at once, which would mean to lay the page out there and then: the observer tells it once that is done, and until
  // then there are rows for the 600 pixels of above and some more.
  useEffect(() => {
    const observer = new ResizeObserver(look);
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, [look]);

  const first = Math.max(0, Math.floor(seen.top / rowHeight) - BEYOND);
  const last = Math.min(count, Math.ceil((seen.top + seen.height) / rowHeight) + BEYOND);

  useEffect(() => {
    if (onNearEnd && count > 0 && last >= count - BEYOND) {
      onNearEnd();
    }
  }, [last, count, onNearEnd]);

  const show = (index: number) => {
    const element = box.current!;
    const top = index * rowHeight;
    if (top < element.scrollTop) {
      element.scrollTop = top;
    } else if (top + rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + rowHeight - element.clientHeight;
    }
  };

  const keys = (e: KeyboardEvent) => {
    if (!onChosen || count === 0) {
      return;
    }
    const page = Math.max(1, Math.floor(seen.height / rowHeight) - 1);
    const now = chosen ?? -1;
    const step: Record<string, number> = {
      ArrowDown: now + 1,
      ArrowUp: now - 1,
      PageDown: now + page,
      PageUp: now - page,
      Home: 0,
      End: count - 1,
    };
    const wanted = step[e.key];
    if (wanted !== undefined) {
      e.preventDefault();
      const next = Math.min(count - 1, Math.max(0, wanted));
      onChosen(next);
      show(next);
    }
  };

  const rows: ReactNode[] = [];
  for (let i = first; i < last; i++) {
    rows.push(
      <div key={i} className="slot" style={{ top: i * rowHeight, height: rowHeight }} role={role === 'list' ? 'listitem' : undefined}>
        {row(i, i === chosen)}
      </div>,
    );
  }
  return (
    <div ref={box} className={`vlist ${className}`} onScroll={look} onKeyDown={keys} role={role} aria-label={label} tabIndex={0}>
      <div className="extent" style={{ height: count * rowHeight }}>
        {rows}
      </div>
    </div>
  );
}

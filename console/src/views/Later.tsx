import { useEffect, useSyncExternalStore, type ReactNode } from 'react';

type Rest = typeof import('./rest');

const RETRY_MS = 2_000;

let rest: Rest | null = null;
let failed = false;
let loading = false;
const listeners = new Set<() => void>();

/** Asks for the rest of the console, unless it is here or on its way. */
export function loadRest(): void {
  if (rest !== null || loading) {
    return;
  }
  loading = true;
  import('./rest')
    .then(
      (module) => {
        rest = module;
        failed = false;
      },
      () => {
        failed = true;
        window.setTimeout(() => listeners.size > 0 && loadRest(), RETRY_MS);
      },
    )
    .finally(() => {
      loading = false;
      listeners.forEach((listener) => listener());
    });
}

/** Asks for it once nothing else is to be done: what is clicked on then is there, also if the service is not. */
export function useRestSoon(): void {
  useEffect(() => {
    // Safari has no such callback.
    if (typeof window.requestIdleCallback !== 'function') {
      const timer = window.setTimeout(loadRest, 500);
      return () => window.clearTimeout(timer);
    }
    const idle = window.requestIdleCallback(loadRest, { timeout: 3_000 });
    return () => window.cancelIdleCallback(idle);
  }, []);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A part of the rest, at once where that is here. Not by React.lazy, which shows what stands in for it in any case first. */
export function Later({ children, silent = false }: { children: (rest: Rest) => ReactNode; silent?: boolean }) {
  const here = useSyncExternalStore(subscribe, () => rest);
  const isLost = useSyncExternalStore(subscribe, () => failed);
  useEffect(loadRest, []);
  if (here !== null) {
    return <>{children(here)}</>;
  }
  if (isLost) {
    return (
      <p className="empty">
        This part of the console did not come; it is asked for again until it does. If Tandem was replaced by another version meanwhile, load this page anew.
      </p>
    );
  }
  return silent ? null : <p className="empty">Loading …</p>;
}

import { useSyncExternalStore } from 'react';

/** What one person wants to see in this browser. Nothing secret is kept here. */
export interface Prefs {
  scheme: 'light' | 'dark' | 'auto';
  toolbar: boolean;
  /** Prompts that are not to be shown again, by id. */
  hiddenPrompts: string[];
}

const KEY = 'tandem.prefs';
const INITIAL: Prefs = { scheme: 'auto', toolbar: true, hiddenPrompts: [] };

function load(): Prefs {
  try {
    return { ...INITIAL, ...(JSON.parse(window.localStorage.getItem(KEY) ?? '{}') as Partial<Prefs>) };
  } catch {
    return INITIAL;
  }
}

let prefs = load();
const listeners = new Set<() => void>();

export function setPrefs(change: Partial<Prefs>): void {
  prefs = { ...prefs, ...change };
  try {
    window.localStorage.setItem(KEY, JSON.stringify(prefs));
  } catch {
    // A browser that keeps nothing: it holds until the page is closed.
  }
  listeners.forEach((listener) => listener());
}

export function getPrefs(): Prefs {
  return prefs;
}

export function usePrefs(): Prefs {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => prefs,
  );
}

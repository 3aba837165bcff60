import { useSyncExternalStore } from 'react';

/** The large dialogs, of which one can be open, and the panel of help. */
export type Opened =
  | { dialog: 'add' }
  | { dialog: 'about' }
  | { dialog: 'password' }
  | { dialog: 'conflict' }
  | { dialog: 'shutdown' }
  | { dialog: 'check'; pair: string };

let opened: Opened | null = null;
let helpTopic: string | null = null;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function openDialog(which: Opened | null): void {
  opened = which;
  listeners.forEach((listener) => listener());
}

export function useOpened(): Opened | null {
  return useSyncExternalStore(subscribe, () => opened);
}

/** @param topic a section of the guide's page on the console; null closes the panel */
export function openHelp(topic: string | null): void {
  helpTopic = topic;
  listeners.forEach((listener) => listener());
}

export function useHelpTopic(): string | null {
  return useSyncExternalStore(subscribe, () => helpTopic);
}

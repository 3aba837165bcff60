import { useSyncExternalStore } from 'react';

/** The seconds, as one beat for all that shows how long something lasts. */
let now = Date.now();
const listeners = new Set<() => void>();
let timer = 0;

export function useNow(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      if (timer === 0) {
        timer = window.setInterval(() => {
          now = Date.now();
          listeners.forEach((each) => each());
        }, 1_000);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) {
          window.clearInterval(timer);
          timer = 0;
        }
      };
    },
    () => now,
  );
}

const two = (n: number) => String(n).padStart(2, '0');

export function dateOf(at: string): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** With milliseconds, as the manual's event view has them. */
export function timeOf(at: string): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

export function dateTimeOf(at: string | null): string {
  return at === null ? '–' : `${dateOf(at)} ${timeOf(at).slice(0, 8)}`;
}

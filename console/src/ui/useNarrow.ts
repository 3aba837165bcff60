import { useSyncExternalStore } from 'react';

const query = window.matchMedia('(max-width: 860px)');

/** Whether the page is as narrow as a telephone; the same bound as in app.css. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => query.matches,
  );
}

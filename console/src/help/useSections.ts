import { useEffect, useState } from 'react';
import type { HelpSection } from './find';

let loaded: readonly HelpSection[] | null = null;

/**
 * The pages of help. They are as large as half of the rest, so that they come once somebody wants them; null until then, and where
 * they do not come.
 */
export function useSections(wanted: boolean): { sections: readonly HelpSection[] | null; failed: boolean } {
  const [, setThere] = useState(loaded !== null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!wanted || loaded !== null) {
      return undefined;
    }
    let left = false;
    import('virtual:help').then(
      (module) => {
        loaded = module.default;
        if (!left) {
          setThere(true);
          setFailed(false);
        }
      },
      () => {
        if (!left) {
          setFailed(true);
        }
      },
    );
    return () => {
      left = true;
    };
  }, [wanted]);
  return { sections: loaded, failed };
}

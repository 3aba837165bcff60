import { useCallback, useEffect, useState } from 'react';
import { get, sentence } from '../../api/http';
import { useStore } from '../../state/store';

/** Something that is asked for once, and again when told or when the service is back. */
export function useLoaded<T>(path: string): { value: T | null; problem: string | null; again: () => void } {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  const connected = useStore((s) => s.lostSince === null);
  useEffect(() => {
    const controller = new AbortController();
    get<T>(path, controller.signal).then(
      (answer) => {
        setValue(answer);
        setProblem(null);
      },
      (e: unknown) => {
        if (!controller.signal.aborted) {
          setProblem(sentence(e));
        }
      },
    );
    return () => controller.abort();
  }, [path, round, connected]);
  return { value, problem, again: useCallback(() => setRound((n) => n + 1), []) };
}

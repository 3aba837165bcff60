import { startTransition, useEffect, useState } from 'react';

/**
 * What has been the value for so long; '' at first. Who goes past many things does not wait for what is drawn, and asked of the
 * service, behind each of them.
 */
export function useSettled(value: string, afterMs: number): string {
  const [settled, setSettled] = useState('');
  useEffect(() => {
    const timer = window.setTimeout(() => startTransition(() => setSettled(value)), afterMs);
    return () => window.clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}

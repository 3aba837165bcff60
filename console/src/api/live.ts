import type { EventRecord, Status } from './types';
import { BASE } from './http';

/** A status comes at least every 5 s; after this the stream is taken for dead. */
const SILENCE_MS = 12_000;
/** Well under the ten seconds in which the console must be back. */
const RETRY_MS = 2_000;

export interface Listener {
  status(status: Status): void;
  record(record: EventRecord): void;
  configuration(version: string): void;
  /** The stream was too fast for this page, and left records out. */
  missed(): void;
  /** The stream is open (true), or was lost and is tried again (false). */
  connected(is: boolean): void;
  /** Asked before each new try; false ends it: nobody is logged in any more. */
  mayRetry(): Promise<boolean>;
}

/** Listens to the service until it is closed; comes back by itself. @returns closes it */
export function listen(listener: Listener): () => void {
  let source: EventSource | null = null;
  let timer = 0;
  let closed = false;

  const restartClock = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(lost, SILENCE_MS);
  };

  const lost = () => {
    source?.close();
    source = null;
    window.clearTimeout(timer);
    if (closed) {
      return;
    }
    listener.connected(false);
    timer = window.setTimeout(() => {
      void listener.mayRetry().then(
        (may) => (may && !closed ? open() : undefined),
        () => lost(),
      );
    }, RETRY_MS);
  };

  const open = () => {
    source = new EventSource(`${BASE}/live`);
    restartClock();
    source.onopen = restartClock;
    source.onerror = lost;
    source.addEventListener('status', (e) => {
      restartClock();
      listener.connected(true);
      listener.status(JSON.parse((e as MessageEvent<string>).data) as Status);
    });
    source.addEventListener('record', (e) => {
      restartClock();
      listener.record(JSON.parse((e as MessageEvent<string>).data) as EventRecord);
    });
    source.addEventListener('missed', () => listener.missed());
    source.addEventListener('configuration', (e) => {
      restartClock();
      const body = JSON.parse((e as MessageEvent<string>).data) as { version: string };
      listener.configuration(body.version);
    });
  };

  open();
  return () => {
    closed = true;
    window.clearTimeout(timer);
    source?.close();
  };
}

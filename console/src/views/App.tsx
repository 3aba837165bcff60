import { useDeferredValue } from 'react';
import { useStore } from '../state/store';
import { Dialogs } from '../ui/dialogs';
import { Gate } from './Gate';
import { Shell } from './Shell';

export function App() {
  const loggedIn = useStore((s) => !!s.session);
  // Drawn for the first time in pieces, so that no task is long.
  const isReady = useDeferredValue(loggedIn);
  return (
    <>
      {loggedIn && isReady ? <Shell /> : <Gate />}
      <Dialogs />
    </>
  );
}

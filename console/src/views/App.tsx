import { useStore } from '../state/store';
import { Dialogs } from '../ui/dialogs';
import { Gate } from './Gate';
import { Shell } from './Shell';

export function App() {
  const loggedIn = useStore((s) => !!s.session);
  return (
    <>
      {loggedIn ? <Shell /> : <Gate />}
      <Dialogs />
    </>
  );
}

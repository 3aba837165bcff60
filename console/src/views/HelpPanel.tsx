import { memo, useState } from 'react';
import { Later } from './Later';
import { useHelpTopic } from './open';

/** Where the help on a topic opens, once somebody has asked for one. */
export const HelpPanel = memo(function HelpPanel() {
  const topic = useHelpTopic();
  const [wasAsked, setWasAsked] = useState(false);
  if (topic !== null && !wasAsked) {
    setWasAsked(true);
  }
  return wasAsked || topic !== null ? <Later silent>{(rest) => <rest.HelpDrawer />}</Later> : null;
});

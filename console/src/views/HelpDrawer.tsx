import { Drawer } from '@mantine/core';
import { useEffect, useState } from 'react';
import { find } from '../help/find';
import { useSections } from '../help/useSections';
import { formatRoute } from '../state/route';
import { openHelp, useHelpTopic } from './open';

/** Help on the topic at hand, beside the work (F1). */
export function HelpDrawer() {
  const topic = useHelpTopic();
  const { sections, failed } = useSections(topic !== null);
  const section = topic === null || sections === null ? null : find(sections, topic);
  // Only one that opens while it is in the page gives the focus back to where it was.
  const [isThere, setIsThere] = useState(false);
  useEffect(() => setIsThere(true), []);
  return (
    <Drawer opened={isThere && topic !== null} onClose={() => openHelp(null)} title={section?.title ?? 'Help'} position="right" size="md" closeButtonProps={{ 'aria-label': 'Close' }} data-help-panel={section?.id}>
      {failed && <p className="empty">The help did not come. Close this, and open it again once the service is heard.</p>}
      {section && (
        <>
          <div className="prose" dangerouslySetInnerHTML={{ __html: section.html }} onClick={(e) => (e.target as HTMLElement).closest('a') && openHelp(null)} />
          <p>
            <a className="link" href={formatRoute({ page: 'help', topic: section.id })} onClick={() => openHelp(null)}>
              All of the help
            </a>
          </p>
        </>
      )}
    </Drawer>
  );
}

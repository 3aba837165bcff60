import { Drawer } from '@mantine/core';
import sections from 'virtual:help';
import { find } from '../help/find';
import { formatRoute } from '../state/route';
import { openHelp, useHelpTopic } from './open';

/** Help on the topic at hand, beside the work (F1). */
export function HelpPanel() {
  const topic = useHelpTopic();
  const section = topic === null ? null : find(sections, topic);
  return (
    <Drawer opened={section !== null} onClose={() => openHelp(null)} title={section?.title ?? 'Help'} position="right" size="md" closeButtonProps={{ 'aria-label': 'Close' }} data-help-panel={section?.id}>
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

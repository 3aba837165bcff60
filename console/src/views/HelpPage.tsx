import { TextInput } from '@mantine/core';
import { useDeferredValue, useEffect, useState } from 'react';
import { find, search } from '../help/find';
import { useSections } from '../help/useSections';
import { formatRoute } from '../state/route';
import { Icon } from '../ui/Shape';

/** The whole help: contents, one section at a time, and a search over all of it. */
export function HelpPage({ topic }: { topic: string }) {
  const [words, setWords] = useState('');
  const { sections: here, failed } = useSections(true);
  const sections = here ?? [];
  const wanted = useDeferredValue(words);
  const hits = search(sections, wanted);
  const searching = topic === 'search';
  const section = topic === '' || searching ? null : find(sections, topic);
  useEffect(() => {
    document.getElementById('main')?.scrollTo(0, 0);
  }, [topic]);
  const pages = [...new Set(sections.map((each) => each.page))];
  return (
    <div className="page" data-help="console">
      <div className="row">
        <h1>{section ? section.page : 'Help'}</h1>
        <span className="grow" />
        <TextInput aria-label="Search the help" placeholder="Search the help" value={words} autoFocus={searching} leftSection={<Icon name="search" />} onChange={(e) => setWords(e.currentTarget.value)} />
      </div>
      {here === null ? (
        <p className="empty">{failed ? 'The help did not come. Come back here once the service is heard.' : 'Loading …'}</p>
      ) : wanted.trim() !== '' ? (
        <section className="card card-body" aria-label="Found">
          {hits.length === 0 && <p className="empty">Nothing has all of these words.</p>}
          {hits.map(({ section: found, excerpt }) => (
            <p key={found.id}>
              <a className="link" href={formatRoute({ page: 'help', topic: found.id })} onClick={() => setWords('')}>
                {found.page === found.title ? found.title : `${found.page}: ${found.title}`}
              </a>
              <br />
              <span className="muted small">{excerpt}</span>
            </p>
          ))}
        </section>
      ) : section ? (
        <section className="card card-body">
          <div className="prose" dangerouslySetInnerHTML={{ __html: section.html }} />
          <nav aria-label="More of this page">
            <ul>
              {sections
                .filter((each) => each.page === section.page && each.id !== section.id)
                .map((each) => (
                  <li key={each.id}>
                    <a className="link" href={formatRoute({ page: 'help', topic: each.id })}>
                      {each.title}
                    </a>
                  </li>
                ))}
            </ul>
          </nav>
          <a className="link" href={formatRoute({ page: 'help', topic: '' })}>
            Contents
          </a>
        </section>
      ) : (
        <section className="columns" aria-label="Contents">
          {pages.map((page) => (
            <div className="card card-body" key={page}>
              <h2>{page}</h2>
              <ul>
                {sections
                  .filter((each) => each.page === page)
                  .map((each) => (
                    <li key={each.id}>
                      <a className="link" href={formatRoute({ page: 'help', topic: each.id })}>
                        {each.title}
                      </a>
                    </li>
                  ))}
              </ul>
            </div>
          ))}
        </section>
      )}
    </div>
  );
}

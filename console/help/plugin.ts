import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { marked } from 'marked';
import type { Plugin } from 'vite';

/** A section of the pages of help: what stands under one heading of the guide. */
export interface Section {
  id: string;
  page: string;
  title: string;
  html: string;
  text: string;
}

const DOCS = resolve(import.meta.dirname, '../../docs');
const PAGES = [
  ['guide', 'console'],
  ['guide', 'run'],
  ['guide', 'modes'],
  ['guide', 'monitoring'],
  ['guide', 'configure'],
  ['guide', 'operate'],
  ['guide', 'security'],
  ['guide', 'windows-clients'],
  ['guide', 'demo'],
  ['reference', 'configuration'],
  ['reference', 'records'],
  ['reference', 'commands'],
] as const;

const VIRTUAL = 'virtual:help';

/** Makes the pages of help out of docs/guide, and of the reference that they lead to, while the console is built. */
export function help(): Plugin {
  return {
    name: 'tandem-help',
    resolveId: (id) => (id === VIRTUAL ? `\0${VIRTUAL}` : null),
    load(id) {
      if (id !== `\0${VIRTUAL}`) {
        return null;
      }
      return `export default ${JSON.stringify(sections())};`;
    },
  };
}

export function sections(): Section[] {
  const there = new Set(['guide', 'reference'].flatMap((folder) => readdirSync(join(DOCS, folder))));
  return PAGES.filter(([, page]) => there.has(`${page}.md`)).flatMap(([folder, page]) =>
    sectionsOf(page, readFileSync(join(DOCS, folder, `${page}.md`), 'utf8')),
  );
}

export function anchor(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

function sectionsOf(page: string, markdown: string): Section[] {
  const parts = markdown.split(/^(?=##? )/m).filter((part) => part.trim() !== '');
  let pageTitle = page;
  return parts.map((part) => {
    const heading = /^(##?) (.*)$/m.exec(part);
    const title = (heading?.[2] ?? page).replaceAll(/[`*]/g, '');
    if (heading?.[1] === '#') {
      pageTitle = title;
    }
    const html = withoutPictures(linked(marked.parse(part, { async: false }), page));
    const isFirst = heading?.[1] === '#';
    return {
      id: isFirst ? page : `${page}.${anchor(title)}`,
      page: pageTitle,
      title,
      html,
      text: html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/&[a-z#0-9]+;/g, ' ').replaceAll(/\s+/g, ' '),
    };
  });
}

/** They show what the reader has before him. */
function withoutPictures(html: string): string {
  return html.replaceAll(/<p><img [^>]*><\/p>\n?|<img [^>]*>/g, '');
}

/** Links between pages of help lead there; those to other files of the source tree are words only. */
function linked(html: string, page: string): string {
  return html.replaceAll(/<a href="([^"]*)">(.*?)<\/a>/gs, (_, target: string, words: string) => {
    const match = /^(?:.*?([a-z-]+)\.md)?(?:#(.*))?$/.exec(target);
    const to = match?.[1] ?? (target.startsWith('#') ? page : undefined);
    if (!to || !PAGES.some(([, known]) => known === to)) {
      return words;
    }
    return `<a href="#/help/${to}${match?.[2] ? `.${match[2]}` : ''}">${words}</a>`;
  });
}

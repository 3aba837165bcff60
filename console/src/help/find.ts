/** The pages of help are text of the source tree, made into HTML while the console is built. */
export interface HelpSection {
  id: string;
  page: string;
  title: string;
  html: string;
  text: string;
}

/** @param topic an id, or the name of a section of the page on the console */
export function find(sections: readonly HelpSection[], topic: string): HelpSection | null {
  return sections.find((section) => section.id === `console.${topic}`) ?? sections.find((section) => section.id === topic) ?? sections.find((section) => section.id === 'console') ?? sections[0] ?? null;
}

export interface Hit {
  section: HelpSection;
  excerpt: string;
}

/** Sections with all of the words, those with them in the title first, then by how often. Pure. */
export function search(sections: readonly HelpSection[], words: string): Hit[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) {
    return [];
  }
  return sections
    .map((section) => {
      const title = `${section.title} ${section.page}`.toLowerCase();
      const text = section.text.toLowerCase();
      const all = wanted.every((word) => title.includes(word) || text.includes(word));
      const score = wanted.reduce((sum, word) => sum + (section.title.toLowerCase().includes(word) ? 50 : 0) + text.split(word).length - 1, 0);
      return { section, score: all ? score : 0 };
    })
    .filter((hit) => hit.score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, 40)
    .map(({ section }) => ({ section, excerpt: excerpt(section.text, wanted[0]!) }));
}

function excerpt(text: string, word: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(word) - 60);
  const cut = text.slice(at, at + 200).trim();
  return `${at > 0 ? '… ' : ''}${cut}${at + 200 < text.length ? ' …' : ''}`;
}

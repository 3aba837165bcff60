import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Below this the headers of its answer are as long as the file. */
const COMPRESSED_FROM = 500;
const TEXT = /\.(?:js|css|svg|html)$/;

/** Puts a `.gz` beside each file of text, which the service sends to whoever takes it. */
export function compressed(): Plugin {
  return {
    name: 'tandem-compressed',
    apply: 'build',
    writeBundle({ dir }) {
      for (const entry of readdirSync(dir!, { recursive: true, withFileTypes: true })) {
        const file = join(entry.parentPath, entry.name);
        if (entry.isFile() && TEXT.test(file)) {
          const text = readFileSync(file);
          // The page itself is written anew for each answer.
          if (text.length >= COMPRESSED_FROM && entry.name !== 'index.html') {
            writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
          }
        }
      }
    },
  };
}

const STYLES = resolve(import.meta.dirname, '../node_modules/@mantine/core/styles');

/** Ends the build where a component of Mantine is used whose style sheet is not: each is imported on its own. */
export function styled(): Plugin {
  return {
    name: 'tandem-styled',
    apply: 'build',
    generateBundle(_, bundle) {
      const files = Object.values(bundle);
      const code = files.map((file) => (file.type === 'chunk' ? file.code : '')).join('\n');
      const css = files.map((file) => (file.type === 'asset' && file.fileName.endsWith('.css') ? String(file.source) : '')).join('\n');
      const wanted = new Set(code.match(/\bm_[0-9a-f]{6,8}\b/g) ?? []);
      for (const sheet of existsSync(STYLES) ? readdirSync(STYLES).filter((name) => !name.includes('.layer.')) : []) {
        const names = new Set(readFileSync(join(STYLES, sheet), 'utf8').match(/(?<=\.)m_[0-9a-f]{6,8}\b/g) ?? []);
        const missing = [...names].find((name) => wanted.has(name) && !css.includes(name));
        if (missing) {
          this.error(`A component is used whose styles are not: write "import '@mantine/core/styles/${sheet}';" in src/css/mantine.ts.`);
        }
      }
    },
  };
}

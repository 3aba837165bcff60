import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { compressed, styled } from './build/plugins';
import { help } from './help/plugin';
import { mock } from './mock/plugin';

export default defineConfig(({ mode }) => ({
  plugins: [react(), help(), styled(), compressed(), ...(mode === 'mock' ? [mock()] : [])],
  build: {
    outDir: 'target/web/org/tandemopc/console',
    emptyOutDir: true,
    // Everything is a file of ours: no data: in the page, so that its policy need not allow it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // React on its own: it stays in people's caches when Tandem changes, and is compiled beside the rest.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'react', test: /node_modules[\\/](?:react|react-dom|scheduler)[\\/]/ }] } } },
    chunkSizeWarningLimit: 900,
  },
  test: { include: ['test/**/*.test.ts'] },
}));

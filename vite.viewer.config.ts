import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Builds the viewer: pages that can be put anywhere, with no path from the root in them. */
export default defineConfig({
  root: fileURLToPath(new URL('viz', import.meta.url)),
  base: './',
  logLevel: 'warn',
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    outDir: fileURLToPath(new URL('dist-viewer', import.meta.url)),
    emptyOutDir: true,
    chunkSizeWarningLimit: 2000,
  },
});

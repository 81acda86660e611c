import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Builds what Node runs: the library, the command line and its worker. Dependencies are bundled, because a start then
 * reads a few files instead of hundreds; not the thread pool and the solver, which find a file of their own beside their
 * code, nor the document that charts are drawn in, which evaluates text.
 */
export default defineConfig({
  logLevel: 'warn',
  publicDir: false,
  ssr: { noExternal: true, external: ['piscina', 'linkedom', 'highs'] },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist',
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: { sim: file('sim/index.ts'), cli: file('cli/main.ts'), worker: file('cli/executors/worker.ts') },
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});

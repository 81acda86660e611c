import { fileURLToPath } from 'node:url';
import { build, defineConfig, type Plugin, type UserConfig } from 'vite';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The viewer inside a report, beside the page: `slicewise report --replay` puts it into `report.html`. */
const IN_REPORT = 'in-report.html';

/** Parts of the page that are others inside a report, which is one file and has no address. */
const REPLACED: Readonly<Record<string, string>> = {
  'viz/app/address.ts': 'viz/in-report/address.ts',
  'viz/worker/client.ts': 'viz/in-report/client.ts',
  'viz/views/start/start-view.tsx': 'viz/in-report/elsewhere.tsx',
  'viz/views/sweep/sweep-view.tsx': 'viz/in-report/elsewhere.tsx',
  'viz/views/what-if/what-if-view.tsx': 'viz/in-report/elsewhere.tsx',
};

const base = {
  root: file('viz'),
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
} as const satisfies UserConfig & { configFile: false };

function replaceParts(): Plugin {
  const found = new Map(Object.entries(REPLACED).map(([from, to]) => [file(from), file(to)]));
  return {
    name: 'parts-in-a-report',
    enforce: 'pre',
    async resolveId(source, importer) {
      const resolved = await this.resolve(source, importer, { skipSelf: true });
      return resolved === null ? null : (found.get(resolved.id) ?? null);
    },
  };
}

/** Builds the viewer once more, as one file with everything in it: no module, no worker, no style sheet of its own. */
async function inReport(): Promise<string> {
  const built = await build({
    ...base,
    plugins: [replaceParts()],
    build: {
      target: 'es2022',
      write: false,
      cssCodeSplit: false,
      chunkSizeWarningLimit: 2000,
      rolldownOptions: {
        input: file('viz/in-report/main.tsx'),
        output: { format: 'iife', codeSplitting: false },
      },
    },
  });
  if (Array.isArray(built) || !('output' in built)) throw new Error('Cannot build the viewer of reports');
  const scripts = built.output.flatMap((each) => (each.type === 'chunk' ? [each.code] : []));
  const styles = built.output.flatMap((each) =>
    each.type === 'asset' && each.fileName.endsWith('.css') ? [String(each.source)] : [],
  );
  const [script] = scripts;
  if (script === undefined || scripts.length > 1)
    throw new Error(`The viewer of reports must be one script, got ${scripts.length}`);
  if (/<\/script|<!--/i.test(script)) throw new Error('The script would end before its end');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Slicewise viewer</title>
<style>${styles.join('\n')}</style>
</head>
<body>
<div id="app"></div>
<script>${script}</script>
</body>
</html>
`;
}

/** Builds the viewer: pages that can be put anywhere, with no path from the root in them. */
export default defineConfig({
  ...base,
  base: './',
  // The solver of linear programs asks for it in Node alone.
  resolve: { alias: { 'node:module': file('viz/worker/run/no-node.ts') } },
  worker: { format: 'es' },
  plugins: [
    {
      name: 'viewer-in-a-report',
      apply: 'build',
      async generateBundle() {
        this.emitFile({ type: 'asset', fileName: IN_REPORT, source: await inReport() });
      },
    },
  ],
  build: {
    target: 'es2022',
    outDir: file('dist-viewer'),
    emptyOutDir: true,
    chunkSizeWarningLimit: 2000,
  },
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, preview } from 'vite';
import { vi } from 'vitest';

/** A page built as a user would get it, and served on this machine. */
export interface BuiltPage {
  readonly url: string;
  /** What the build warned of, such as a module of Node that browsers lack. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

/**
 * Builds a folder with an index.html into a temporary folder and serves it on the loopback address, at a free port.
 *
 * @param folder from the root
 */
export async function buildAndServe(folder: string): Promise<BuiltPage> {
  const outDir = mkdtempSync(join(tmpdir(), 'slicewise-page-'));
  const warnings: string[] = [];
  // The catalogue of GPUs and vGPU types is data that the library carries as a whole: 750 kB before compression.
  const chunkSizeWarningLimit = 1500;
  const rolldownOptions = {
    onLog(level: string, { message }: { readonly message: string }) {
      if (level === 'warn') warnings.push(message);
    },
    // How long a plug-in took says nothing of what was built.
    checks: { pluginTimings: false },
  };
  const config = { configFile: false, root: resolve(folder), publicDir: false, logLevel: 'silent' } as const;
  // Vitest sets it to test, which gives another bundle, without the warnings.
  vi.stubEnv('NODE_ENV', 'production');
  await build({
    ...config,
    build: { outDir, emptyOutDir: true, chunkSizeWarningLimit, rolldownOptions },
    worker: { format: 'es', rolldownOptions },
  });
  vi.unstubAllEnvs();
  const server = await preview({ ...config, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error(`Cannot serve ${folder}: no port`);
  return {
    url: `http://127.0.0.1:${address.port}/`,
    warnings,
    async close() {
      await server.close();
      rmSync(outDir, { recursive: true });
    },
  };
}

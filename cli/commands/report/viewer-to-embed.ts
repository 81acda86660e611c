import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { EmbeddedViewer } from '../../../sim/report/html/embedded-replay.ts';
import { OPENER_SCRIPT } from '../../../sim/report/html/replay-opener.ts';
import { viewerFolder } from '../../view-server.ts';

/** The viewer as one document, built beside the one that is served. */
const FILE = 'in-report.html';

/** The viewer for the page of a report; undefined where it is not built. */
export function viewerToEmbed(): EmbeddedViewer | undefined {
  const folder = viewerFolder();
  const path = folder === undefined ? undefined : join(folder, FILE);
  if (path === undefined || !existsSync(path)) return undefined;
  const page = readFileSync(path, 'utf8');
  const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text = '']) => text);
  return {
    base64: gzipSync(page, { level: 9 }).toString('base64'),
    scriptHashes: [OPENER_SCRIPT, ...scripts].map(hashOf),
  };
}

/** What a `Content-Security-Policy` knows a script by. */
function hashOf(script: string): string {
  return `sha256-${createHash('sha256').update(script, 'utf8').digest('base64')}`;
}

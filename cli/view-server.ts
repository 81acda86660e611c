import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { basename, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rangeOf } from './byte-range.ts';
import { fileErrorText } from './file-errors.ts';
import { ServedSweep, type Standing } from './serve-sweep.ts';

/** The one address that the viewer is served at: of this machine, for this machine. */
const LOOPBACK = '127.0.0.1';
const HTTP_PORT = 80;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.yaml': 'text/yaml; charset=utf-8',
};

/**
 * What the page may do: its own scripts, no text as script, nothing of other addresses. Compiled code is for the solver of
 * linear programs. Styles may stand in the page, because the editor of scenarios and pictures that are saved bring theirs.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self' data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};

/** Something that is served: a file that is open from the start, so that its name can lead nowhere else later. */
interface Served {
  readonly handle: Pick<FileHandle, 'read' | 'close'>;
  readonly size: number;
  readonly type: string;
  readonly cache: string;
}

/** A viewer that is served. */
export interface ViewServer {
  /** Of the page, with the names of the replays and the sweep that it opens. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the viewer, some replays and a sweep on the loopback address. A request names one of the things that were there at
 * the start, or of the result files that the sweep has now, or gets nothing: no path of a request ever reaches the disk.
 *
 * @param folder the built viewer
 * @param replays paths of files
 * @param port 0: any that is free
 * @param sweep directory of a sweep
 * @throws {Error} with a `code` if a file cannot be read or the port cannot be had
 */
export async function serveViewer(
  folder: string,
  replays: readonly string[],
  port: number,
  sweep?: string,
): Promise<ViewServer> {
  const served = new Map<string, Served>();
  const closeAll = async () => {
    await Promise.all([...served.values()].map(({ handle }) => handle.close()));
  };
  const names: string[] = [];
  let ofSweep: ServedSweep | undefined;
  try {
    await addFolder(served, folder, '/');
    for (const path of replays) {
      const name = `replays/${secret()}/${encodeURIComponent(basename(path))}`;
      served.set(`/${name}`, await openFile(path, 'application/octet-stream', 'no-store'));
      names.push(name);
    }
    if (sweep !== undefined) {
      const name = encodeURIComponent(basename(resolve(sweep)) || 'sweep');
      ofSweep = await ServedSweep.of(sweep, `/sweeps/${secret()}/${name}/`);
    }
    const server = createServer((request, response) => void answer(served, ofSweep, request, response));
    await listening(server, port);
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    const query = [
      ...names.map((name) => `open=${encodeURIComponent(name)}`),
      ...(ofSweep === undefined ? [] : [`sweep=${encodeURIComponent(ofSweep.prefix.slice(1))}`]),
    ].join('&');
    return {
      url: `http://${LOOPBACK}:${address.port}/${query === '' ? '' : `?${query}`}`,
      async close() {
        await new Promise<void>((done) => {
          server.close(() => done());
          server.closeAllConnections();
        });
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** A page that guesses addresses of this machine does not guess one with this in it. */
const secret = (): string => randomBytes(16).toString('hex');

function listening(server: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(port, LOOPBACK, () => {
      server.off('error', fail);
      done();
    });
  });
}

/** All files of a folder, by the path that asks for each. Links are left out: they may lead elsewhere. */
async function addFolder(served: Map<string, Served>, folder: string, prefix: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await addFolder(served, path, `${prefix}${encodeURIComponent(entry.name)}/`);
    if (!entry.isFile()) continue;
    const isPage = entry.name === 'index.html';
    const type = TYPES[extname(entry.name)] ?? 'application/octet-stream';
    // Everything but the page has what is in it in its name.
    const cache = isPage ? 'no-cache' : 'public, max-age=31536000, immutable';
    served.set(
      isPage ? prefix : `${prefix}${encodeURIComponent(entry.name)}`,
      await openFile(path, type, cache),
    );
  }
}

async function openFile(path: string, type: string, cache: string): Promise<Served> {
  const handle = await open(path, 'r');
  return { handle, size: (await handle.stat()).size, type, cache };
}

/**
 * Whether a `Host` header names this server.
 *
 * @param port that it is served at; browsers leave out the one that http has anyway
 */
export function isNameOfThis(host: string, port: number): boolean {
  return [LOOPBACK, 'localhost'].some(
    (name) => host === `${name}:${port}` || (port === HTTP_PORT && host === name),
  );
}

async function answer(
  served: ReadonlyMap<string, Served>,
  sweep: ServedSweep | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refuse = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): void => {
    response.writeHead(status, { ...SAFE_HEADERS, ...headers, 'content-type': 'text/plain' });
    response.end(request.method === 'HEAD' ? undefined : `${text}\n`);
  };
  // A name of another site that leads to this machine must not make its pages part of this one.
  if (!isNameOfThis(request.headers.host ?? '', request.socket.localPort ?? 0)) {
    refuse(421, 'This server answers for 127.0.0.1 and localhost alone');
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(405, 'Only GET and HEAD', { allow: 'GET, HEAD' });
    return;
  }
  const path = (request.url ?? '').replace(/\?.*$/s, '');
  let standing: Standing | undefined;
  try {
    standing = await sweep?.at(path);
  } catch (error) {
    refuse(500, `The results cannot be listed: ${fileErrorText(error)}`);
    return;
  }
  const file = standing === undefined ? served.get(path) : await servedNow(standing);
  if (file === undefined) {
    refuse(404, 'There is nothing here');
    return;
  }
  try {
    await give(file, request, response, refuse);
  } finally {
    if (standing !== undefined) await file.handle.close();
  }
}

/** What stands there now, as long as it is now: what is written to a file from here on is of the next request. */
async function servedNow(standing: Standing): Promise<Served> {
  const type = 'application/octet-stream';
  if ('handle' in standing)
    return { handle: standing.handle, size: (await standing.handle.stat()).size, type, cache: 'no-store' };
  const bytes = Buffer.from(standing.text, 'utf8');
  return { handle: handleOf(bytes), size: bytes.length, type: 'application/json', cache: 'no-store' };
}

/** Bytes in memory, read as a file is. */
function handleOf(bytes: Buffer): Served['handle'] {
  const read = async (buffer: Buffer, offset: number, length: number, position: number) => ({
    bytesRead: bytes.copy(buffer, offset, position, position + length),
    buffer,
  });
  return { read: read as FileHandle['read'], close: async () => undefined };
}

async function give(
  file: Served,
  request: IncomingMessage,
  response: ServerResponse,
  refuse: (status: number, text: string, headers?: Readonly<Record<string, string>>) => void,
): Promise<void> {
  const range = rangeOf(request.headers.range, file.size);
  if (range === 'outside') {
    refuse(416, 'There are not that many bytes', { 'content-range': `bytes */${file.size}` });
    return;
  }
  const [first, last] = range ?? [0, file.size - 1];
  response.writeHead(range === undefined ? 200 : 206, {
    ...SAFE_HEADERS,
    'content-type': file.type,
    'content-length': last - first + 1,
    'cache-control': file.cache,
    'accept-ranges': 'bytes',
    ...(range === undefined ? {} : { 'content-range': `bytes ${first}-${last}/${file.size}` }),
  });
  if (request.method === 'HEAD') response.end();
  else await send(response, file.handle, first, last);
}

/** Bytes that are read and handed on at a time. */
const PIECE = 1 << 18;

/** Sends bytes of a file, no faster than they are taken. */
async function send(
  response: ServerResponse,
  handle: Served['handle'],
  first: number,
  last: number,
): Promise<void> {
  try {
    for (let at = first; at <= last && !response.destroyed; ) {
      const length = Math.min(PIECE, last + 1 - at);
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, at);
      // The file became shorter meanwhile.
      if (bytesRead === 0) throw new Error('there is no more');
      at += bytesRead;
      if (!response.write(buffer.subarray(0, bytesRead)) && !response.destroyed) await drained(response);
    }
    response.end();
  } catch {
    // The connection ends before what was promised has come, which the page sees.
    response.destroy();
  }
}

/** Until it takes more, or is closed. Neither leaves a listener behind: a file is sent in thousands of pieces. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((done) => {
    const end = (): void => {
      response.off('drain', end);
      response.off('close', end);
      done();
    };
    response.on('drain', end);
    response.on('close', end);
  });
}

/** Where the built viewer is: beside `dist` in a package, and in a checkout. */
export function viewerFolder(): string | undefined {
  return ['../dist-viewer/', '../../dist-viewer/']
    .map((up) => fileURLToPath(new URL(up, import.meta.url)))
    .find((folder) => statSync(join(folder, 'index.html'), { throwIfNoEntry: false })?.isFile() === true);
}

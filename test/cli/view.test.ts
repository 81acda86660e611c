import { spawn } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { basename, join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rangeOf } from '../../cli/byte-range.ts';
import { isNameOfThis, serveViewer, type ViewServer } from '../../cli/view-server.ts';
import { inProcess } from './in-process.ts';
import { slicewise } from './slicewise.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder().path;
const replay = join(folder, 'a run & more.replay');
const viewer = join(folder, 'viewer');
const SECRET = 'nobody outside may read this';

let server: ViewServer;
let origin: string;
/** The path under which the replay is served. */
let place: string;

beforeAll(async () => {
  const ran = await inProcess([
    ...['run', 'mig-on-demand-h100', '--set', 'experiment.horizon=2h', '--set', 'experiment.warmup=0s'],
    ...['--replay', replay],
  ]);
  expect(ran.code, ran.err).toBe(0);
  mkdirSync(join(viewer, 'assets'), { recursive: true });
  writeFileSync(join(viewer, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(viewer, 'assets', 'page.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), SECRET);
  symlinkSync(join(folder, 'secret.txt'), join(viewer, 'link.txt'));
  symlinkSync(folder, join(viewer, 'out'));
  server = await serveViewer(viewer, [replay], 0);
  origin = new URL(server.url).origin;
  place = `/${new URL(server.url).searchParams.get('open')}`;
});

afterAll(async () => {
  await server.close();
});

/** What a server says to a request as it stands: clients tidy paths up before they ask. */
function raw(line: string, headers: Readonly<Record<string, string>>, where = origin): Promise<string> {
  const { hostname, port } = new URL(where);
  return new Promise((done, fail) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (part: string) => {
      text += part;
    });
    socket.on('end', () => done(text));
    socket.on('error', fail);
    const lines = Object.entries({ connection: 'close', ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    socket.write(`${[line, ...lines].join('\r\n')}\r\n\r\n`);
  });
}

const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);

test('a large file that is taken slowly comes whole, and leaves no listeners behind', async () => {
  const warnings: string[] = [];
  const warn = (warning: Error) => warnings.push(warning.message);
  process.on('warning', warn);
  const large = join(folder, 'large.replay');
  const bytes = Buffer.alloc(24 << 20, 'slicewise ');
  writeFileSync(large, bytes);
  const own = await serveViewer(viewer, [large], 0);
  try {
    const url = new URL(own.url);
    const response = await fetch(`${url.origin}/${url.searchParams.get('open')}`);
    const parts: Uint8Array[] = [];
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
      parts.push(part);
      if (parts.length % 20 === 0) await new Promise((done) => setTimeout(done, 1));
    }
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    await new Promise((done) => setTimeout(done));
    expect(warnings).toEqual([]);
  } finally {
    process.off('warning', warn);
    await own.close();
  }
});

test('serves the page, its parts and the replay, and says what the page may do', async () => {
  const page = await fetch(`${origin}/`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await page.text()).toContain('<title>page</title>');
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self' 'wasm-unsafe-eval'");
  expect((await fetch(`${origin}/assets/page.js`)).headers.get('content-type')).toContain('text/javascript');
  const file = await fetch(origin + place);
  expect(file.headers.get('accept-ranges')).toBe('bytes');
  expect(file.headers.get('access-control-allow-origin')).toBeNull();
  expect(Buffer.from(await file.arrayBuffer()).equals(readFileSync(replay))).toBe(true);
});

test('the replay keeps its name and has an address that cannot be guessed', () => {
  expect(place).toMatch(/^\/replays\/[0-9a-f]{32}\/[^/]+$/);
  expect(decodeURIComponent(basename(place))).toBe(basename(replay));
});

test('parts of the replay are the bytes of the file', async () => {
  const bytes = readFileSync(replay);
  for (const [asked, first, last] of [
    ['bytes=0-3', 0, 3],
    ['bytes=10-', 10, bytes.length - 1],
    ['bytes=-5', bytes.length - 5, bytes.length - 1],
    [`bytes=7-${bytes.length + 9}`, 7, bytes.length - 1],
  ] as const) {
    const part = await fetch(origin + place, { headers: { range: asked } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes ${first}-${last}/${bytes.length}`);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(first, last + 1))).toBe(true);
  }
  const outside = await fetch(origin + place, { headers: { range: `bytes=${bytes.length}-` } });
  expect(outside.status).toBe(416);
  expect(outside.headers.get('content-range')).toBe(`bytes */${bytes.length}`);
  const head = await fetch(origin + place, { method: 'HEAD' });
  expect(head.headers.get('content-length')).toBe(String(bytes.length));
  expect(await head.text()).toBe('');
});

test('nothing else of the disk can be had, however the path is written', async () => {
  const { host } = new URL(origin);
  const token = place.split('/')[2] as string;
  const secret = join(folder, 'secret.txt');
  const paths = [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/%252e%252e/secret.txt',
    `//${secret}`,
    secret,
    `file://${secret}`,
    '/link.txt',
    '/out/secret.txt',
    '/out',
    '/index.html/../../secret.txt',
    '/index.html%00',
    '/assets/',
    '/assets',
    '/replays/',
    `/replays/${token}/`,
    `/replays/${token}/../../../secret.txt`,
    `/replays/${'0'.repeat(32)}/${basename(place)}`,
    '/__proto__',
    '/constructor',
    '*',
  ];
  for (const path of paths) {
    const text = await raw(`GET ${path} HTTP/1.1`, { host });
    expect(text, path).not.toContain(SECRET);
    expect([400, 404], path).toContain(statusOf(text));
  }
});

test('it answers for this machine by name alone, so that no other site becomes part of it', async () => {
  const { host, port } = new URL(origin);
  expect(statusOf(await raw('GET / HTTP/1.1', { host }))).toBe(200);
  expect(statusOf(await raw('GET / HTTP/1.1', { host: `localhost:${port}` }))).toBe(200);
  for (const other of [
    'evil.example',
    `evil.example:${port}`,
    `127.0.0.1.evil.example:${port}`,
    '127.0.0.1',
    'localhost',
    `127.0.0.1:${Number(port) + 1}`,
    `0.0.0.0:${port}`,
    '',
  ])
    expect(statusOf(await raw('GET / HTTP/1.1', { host: other })), other).toBe(421);
});

test('at port 80 browsers leave the port out, and are answered', () => {
  expect(new URL('http://127.0.0.1:80/').host).toBe('127.0.0.1');
  for (const host of ['127.0.0.1', 'localhost', '127.0.0.1:80', 'localhost:80'])
    expect([host, isNameOfThis(host, 80), isNameOfThis(host, 8080)]).toEqual([host, true, false]);
  for (const host of [
    '',
    'evil.example',
    'evil.example:80',
    '127.0.0.1:8080',
    '127.0.0.1.',
    'localhost.evil.example',
  ])
    expect([host, isNameOfThis(host, 80)]).toEqual([host, false]);
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])('%s is refused', async (method) => {
  const { host } = new URL(origin);
  const text = await raw(`${method} / HTTP/1.1`, { host, 'content-length': '0' });
  expect(statusOf(text)).toBe(405);
  expect(text.toLowerCase()).toContain('allow: get, head');
});

test('it is not there for other machines', async () => {
  const { hostname, port } = new URL(origin);
  expect(hostname).toBe('127.0.0.1');
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
  // All of 127.0.0.0/8 is this machine on Linux, and it is bound to one address of them.
  if (process.platform === 'linux') others.push('127.0.0.2');
  for (const address of others) {
    const socket = connect(Number(port), address);
    const outcome = await new Promise((done) => {
      socket.on('connect', () => done('connected'));
      socket.on('error', () => done('refused'));
    });
    socket.destroy();
    expect(outcome, address).toBe('refused');
  }
});

test('a range is the part of the bytes that it names', () => {
  const end = fc.oneof(fc.constant(''), fc.nat(30).map(String));
  fc.assert(
    fc.property(end, end, fc.nat(20), (from, to, size) => {
      const bytes = Array.from({ length: size }, (_, i) => i);
      const range = rangeOf(`bytes=${from}-${to}`, size);
      // By the words of the rule: from the first to the last, or the last so many.
      const wanted =
        from === ''
          ? bytes.slice(Math.max(0, size - Number(to)))
          : bytes.filter((i) => i >= Number(from) && (to === '' || i <= Number(to)));
      const isNone = (from === '' && to === '') || (from !== '' && to !== '' && Number(to) < Number(from));
      if (isNone) expect(range).toBeUndefined();
      else if (wanted.length === 0) expect(range).toBe('outside');
      else expect(range).toEqual([wanted[0], wanted.at(-1)]);
    }),
  );
  for (const header of [undefined, '', 'bytes=', 'bytes=1-2,4-5', 'lines=1-2', 'bytes=a-b'])
    expect(rangeOf(header, 10)).toBeUndefined();
});

describe('the directory of a sweep', () => {
  const sweep = join(folder, 'a sweep & more');
  const results = join(sweep, 'results');
  let own: ViewServer;
  let base: string;

  beforeAll(async () => {
    const grid = ['--grid', 'policy.placement=fgd,best-fit'];
    const short = ['--set', 'experiment.horizon=2h', '--set', 'experiment.warmup=0s'];
    const swept = await slicewise('sweep', 'mig-on-demand-h100', ...short, ...grid, '--out', sweep);
    expect(swept.code, swept.err).toBe(0);
    own = await serveViewer(viewer, [replay], 0, sweep);
    const url = new URL(own.url);
    expect(url.searchParams.get('sweep')).toMatch(/^sweeps\/[0-9a-f]{32}\/a%20sweep%20%26%20more\/$/);
    base = `${url.origin}/${url.searchParams.get('sweep')}`;
  });

  afterAll(async () => {
    await own.close();
  });

  const listed = async (): Promise<readonly string[]> =>
    ((await (await fetch(`${base}results.json`)).json()) as { files: string[] }).files;
  const bytesAt = async (path: string) => Buffer.from(await (await fetch(base + path)).arrayBuffer());

  test('is served by its manifest and its results, and the replay besides it', async () => {
    expect((await bytesAt('manifest.json')).equals(readFileSync(join(sweep, 'manifest.json')))).toBe(true);
    const [name = '', ...others] = await listed();
    expect(others).toEqual([]);
    const whole = readFileSync(join(results, name));
    expect((await bytesAt(`results/${name}`)).equals(whole)).toBe(true);
    const part = await fetch(`${base}results/${name}`, { headers: { range: 'bytes=5-9' } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(5, 10))).toBe(true);
    const first = new URL(own.url).searchParams.get('open');
    expect((await fetch(`${new URL(own.url).origin}/${first}`)).status).toBe(200);
  });

  test('is looked at again for each request, because the sweep may still run', async () => {
    const [name = ''] = await listed();
    appendFileSync(join(results, name), '{"crc":"');
    expect((await bytesAt(`results/${name}`)).toString('utf8').endsWith('{"crc":"')).toBe(true);
    writeFileSync(join(results, '0002 #ü.jsonl'), 'later');
    expect(await listed()).toEqual([name, '0002 #ü.jsonl'].sort());
    expect((await bytesAt(`results/${encodeURIComponent('0002 #ü.jsonl')}`)).toString('utf8')).toBe('later');
    rmSync(join(results, '0002 #ü.jsonl'));
    expect((await fetch(`${base}results/${encodeURIComponent('0002 #ü.jsonl')}`)).status).toBe(404);
    writeFileSync(join(results, 'empty.jsonl'), '');
    expect((await bytesAt('results/empty.jsonl')).length).toBe(0);
    rmSync(join(results, 'empty.jsonl'));
  });

  test('gives nothing else of the disk, neither by a path nor by a link', async () => {
    symlinkSync(join(folder, 'secret.txt'), join(results, 'link.jsonl'));
    symlinkSync(folder, join(results, 'out.jsonl'));
    writeFileSync(join(results, 'other.txt'), SECRET);
    writeFileSync(join(sweep, 'other.jsonl'), SECRET);
    mkdirSync(join(results, 'inner.jsonl'));
    expect(await listed()).toHaveLength(1);
    const { host, pathname } = new URL(base);
    const token = pathname.split('/')[2] as string;
    for (const path of [
      ...['results/link.jsonl', 'results/out.jsonl', 'results/out.jsonl/secret.txt', 'results/other.txt'],
      ...['results/inner.jsonl', 'other.jsonl', 'results/../other.jsonl', 'results/..%2fother.jsonl'],
      ...['../../../secret.txt', '%2e%2e/secret.txt', 'results/', 'results', '', 'index.json', 'locks', '.'],
      ...['results/%00.jsonl', '__proto__', join(folder, 'secret.txt')],
    ]) {
      const text = await raw(`GET ${pathname}${path} HTTP/1.1`, { host }, base);
      expect(text, path).not.toContain(SECRET);
      expect([400, 404], path).toContain(statusOf(text));
    }
    for (const path of [`/sweeps/${'0'.repeat(32)}/x/manifest.json`, `/sweeps/${token}/manifest.json`])
      expect(statusOf(await raw(`GET ${path} HTTP/1.1`, { host }, base)), path).toBe(404);
    expect(statusOf(await raw(`GET ${pathname}manifest.json HTTP/1.1`, { host: 'evil.example' }, base))).toBe(
      421,
    );
    expect(
      statusOf(await raw(`POST ${pathname}manifest.json HTTP/1.1`, { host, 'content-length': '0' }, base)),
    ).toBe(405);
  });

  test('with a results folder that became a link has no results', async () => {
    const linked = join(folder, 'linked');
    mkdirSync(linked);
    writeFileSync(join(linked, 'manifest.json'), readFileSync(join(sweep, 'manifest.json')));
    mkdirSync(join(folder, 'elsewhere'));
    writeFileSync(join(folder, 'elsewhere', 'a.jsonl'), SECRET);
    symlinkSync(join(folder, 'elsewhere'), join(linked, 'results'));
    const other = await serveViewer(viewer, [], 0, linked);
    try {
      const url = new URL(other.url);
      const there = `${url.origin}/${url.searchParams.get('sweep')}`;
      expect(await (await fetch(`${there}results.json`)).json()).toEqual({ files: [] });
      expect((await fetch(`${there}results/a.jsonl`)).status).toBe(404);
    } finally {
      await other.close();
    }
  });

  test('whose results cannot be listed is not one without results', async () => {
    const gone = join(folder, 'gone');
    mkdirSync(gone);
    writeFileSync(join(gone, 'manifest.json'), readFileSync(join(sweep, 'manifest.json')));
    const other = await serveViewer(viewer, [], 0, gone);
    try {
      const url = new URL(other.url);
      const there = `${url.origin}/${url.searchParams.get('sweep')}`;
      expect(await (await fetch(`${there}results.json`)).json()).toEqual({ files: [] });
      renameSync(gone, `${gone}-aside`);
      writeFileSync(gone, '');
      const answer = await fetch(`${there}results.json`);
      expect(answer.status).toBe(500);
      expect(await answer.text()).toContain('The results cannot be listed');
    } finally {
      await other.close();
    }
  });

  test('that cannot be shown is named by the command, with every other problem', async () => {
    const torn = join(folder, 'torn');
    mkdirSync(torn);
    writeFileSync(join(torn, 'manifest.json'), '{"schema":');
    const wrong = await slicewise('view', torn, sweep, join(folder, 'none.replay'));
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('manifest.json: is not JSON');
    expect(wrong.err).toContain('shows one sweep, got 2');
    expect(wrong.err).toContain('none.replay: no such file');
    expect(wrong.out).toBe('');
  });
});

describe('the command', () => {
  test('names every file that is none to show, and ends with 2', async () => {
    const missing = join(folder, 'missing.replay');
    const text = join(folder, 'secret.txt');
    const wrong = await slicewise('view', missing, text);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain(`${missing}: no such file or folder`);
    expect(wrong.err).toContain(`${text}: is no replay`);
    expect(wrong.out).toBe('');
    const options = await slicewise('view', '--port', '70000', folder, replay, replay);
    expect(options.code).toBe(2);
    expect(options.err).toContain('--port');
    expect(options.err).toContain(`${folder}: must be a file`);
    expect(options.err).toContain('shows one replay or compares two, got 3');
  });

  test('prints an address that serves until Ctrl-C, and a port that is taken is named', async () => {
    const child = spawn(process.execPath, [resolve('bin/slicewise.mjs'), 'view', replay], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((done) => void child.on('close', done));
    const url = await new Promise<string>((done, fail) => {
      child.stdout.setEncoding('utf8').once('data', (line: string) => done(line.trim()));
      child.stderr.setEncoding('utf8');
      child.once('close', () => fail(new Error('it ended at once')));
    });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?open=/);
    expect(await (await fetch(url)).text()).toContain('<title>Slicewise viewer</title>');
    const taken = await slicewise('view', '--port', new URL(url).port);
    expect(taken.code).toBe(2);
    expect(taken.err).toContain('is in use');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });
});

import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import type { Command } from 'commander';
import { openReplay, ReplayFileError } from '../../sim/observe/replay/index.ts';
import { shellWord } from '../../sim/report/document/shell-word.ts';
import { type Problem, UsageError } from '../errors.ts';
import { fileErrorText } from '../file-errors.ts';
import type { CliIo } from '../io.ts';
import { hasManifest, readManifest } from '../sweep/manifest.ts';
import { serveViewer, type ViewServer, viewerFolder } from '../view-server.ts';

interface ViewOptions {
  readonly port?: string;
  readonly open?: boolean;
}

/** The viewer shows one replay, or compares two; besides them one sweep. */
const MOST_FILES = 2;

/** `slicewise view [PLACE...]`: replays and sweeps in the browser, served by this machine to itself. */
export function registerView(program: Command, io: CliIo): void {
  program
    .command('view')
    .description('show replays or a sweep in the browser: a page that this machine serves to itself alone')
    .argument(
      '[file...]',
      'replays that run --replay wrote, one or two to compare, or the directory that sweep --out wrote; without: the page to open some in',
    )
    .option('--port <n>', 'port on 127.0.0.1, 1 to 65535 (default: any that is free)')
    .option('--open', 'open the address in the browser of this machine, too')
    .addHelpText(
      'after',
      '\nPrints the address and serves until Ctrl-C. Nothing but the page and the files that are named can be read there, of a sweep its manifest and results.' +
        '\n\nExamples:\n  slicewise run mig-on-demand-h100 --replay mig.replay' +
        '\n  slicewise view mig.replay --open\n  slicewise view base.replay candidate.replay\n  slicewise view out/sweep --open',
    )
    .action((files: readonly string[], options: ViewOptions) => view(files, options, io));
}

async function view(places: readonly string[], options: ViewOptions, io: CliIo): Promise<void> {
  const problems: Problem[] = [];
  const port = portOf(options.port, problems);
  const sweeps = places.filter(hasManifest);
  const files = places.filter((place) => !hasManifest(place));
  if (sweeps.length > 1)
    problems.push({ path: 'file', value: sweeps.length, message: `shows one sweep, got ${sweeps.length}` });
  for (const sweep of sweeps) problems.push(...problemsOfSweep(sweep));
  if (files.length > MOST_FILES)
    problems.push({
      path: 'file',
      value: files.length,
      message:
        `shows one replay or compares two, got ${files.length}: name the two to compare, as in` +
        ` "slicewise view ${files.slice(0, MOST_FILES).map(shellWord).join(' ')}"; others can be opened in the page in place of these`,
    });
  for (const path of files) {
    const message = problemOf(path);
    if (message !== undefined) problems.push({ path, message });
  }
  if (problems.length > 0) throw new UsageError('cannot show this', problems);
  const folder = viewerFolder();
  if (folder === undefined)
    throw new UsageError('cannot show this', [
      { path: 'dist-viewer', message: 'the viewer is not built: run "npm run prepare" in the checkout' },
    ]);
  let server: ViewServer;
  try {
    server = await serveViewer(folder, files, port, sweeps[0]);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === 'EADDRINUSE'
        ? `port ${port} is in use: take another one, or leave it out`
        : fileErrorText(error);
    throw new UsageError('cannot serve the viewer', [{ path: '--port', message: why }]);
  }
  io.out(`${server.url}\n`);
  io.err('Open the address in a browser of this machine. Ctrl-C ends it.\n');
  if (options.open === true) openBrowser(server.url, io);
  await interrupted();
  await server.close();
}

/** What keeps a sweep from being shown; damaged results do not, the page tells of them. */
function problemsOfSweep(folder: string): readonly Problem[] {
  try {
    readManifest(folder);
    return [];
  } catch (error) {
    if (error instanceof UsageError) return error.problems;
    throw error;
  }
}

function portOf(text: string | undefined, problems: Problem[]): number {
  if (text === undefined) return 0;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    problems.push({ path: '--port', value: text, message: `must be 1 to 65535, got "${text}"` });
  return port;
}

/** Why a file is none to show; undefined where it is one. What of it is damaged, the page says. */
function problemOf(path: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    return fileErrorText(error);
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return 'must be a file, or the directory of a sweep (with its manifest.json)';
    const reading = openReplay(stat.size);
    let step = reading.next();
    while (step.done !== true) {
      const { value } = step;
      if (value.need === 'inflate') step = reading.next(inflated(value.bytes, value.rawLength));
      else {
        const bytes = new Uint8Array(value.length);
        step = reading.next(bytes.subarray(0, readSync(descriptor, bytes, 0, value.length, value.offset)));
      }
    }
    return undefined;
  } catch (error) {
    if (error instanceof ReplayFileError) return error.message;
    return fileErrorText(error);
  } finally {
    closeSync(descriptor);
  }
}

function inflated(bytes: Uint8Array, rawLength: number): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.max(1, rawLength) });
  } catch {
    // The reader compares the length with the one that it should have.
    return new Uint8Array();
  }
}

/** What opens an address, by system. */
const OPENERS: Readonly<Record<string, readonly [program: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

function openBrowser(url: string, io: CliIo): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, url], { detached: true, stdio: 'ignore' });
  child.on('error', () =>
    io.err(`note: ${program} is not there to open a browser: open the address by hand\n`),
  );
  child.unref();
}

/** Until Ctrl-C, or until the process is asked to end. */
function interrupted(): Promise<void> {
  return new Promise((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
}

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { threadId } from 'node:worker_threads';
import { type Browser, chromium } from 'playwright-core';

/** A Chromium to start. */
interface Chromium {
  readonly program: string;
  /** What it needs in its environment besides that of the tests. */
  readonly env: Readonly<Record<string, string>>;
}

/** Where distributions put it. */
const SYSTEM_PROGRAMS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Nothing that reaches out: tests look at one page on this machine. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

/**
 * Starts the system's Chromium, or else the one of the package @sparticuz/chromium, with a fresh profile. Without a
 * sandbox, which neither root nor most containers can have: for pages of this repository alone.
 *
 * @returns undefined where there is neither; the package is for Linux x64 alone
 */
export async function startChromium(): Promise<Browser | undefined> {
  const found = systemChromium() ?? packagedChromium();
  if (found === undefined) return undefined;
  return await chromium.launch({
    executablePath: found.program,
    env: { ...process.env, ...found.env },
    chromiumSandbox: false,
    args: QUIET,
  });
}

function systemChromium(): Chromium | undefined {
  // Asked for its version, because on some systems the name is a script that tells where to get the program.
  const program = SYSTEM_PROGRAMS.find(
    (path) => existsSync(path) && spawnSync(path, ['--version'], { timeout: 30_000 }).status === 0,
  );
  return program === undefined ? undefined : { program, env: {} };
}

/**
 * The Chromium of the package, unpacked once beside the installed packages. It brings the libraries that a bare machine
 * lacks (NSS, NSPR, Expat), so that only what Node itself needs must be there.
 */
function packagedChromium(): Chromium | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const { version } = JSON.parse(readFileSync('node_modules/@sparticuz/chromium/package.json', 'utf8')) as {
    version: string;
  };
  const folder = resolve('node_modules', '.cache', `chromium-${version}`);
  if (!existsSync(folder)) unpackInto(folder);
  const libraries = [join(folder, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH ?? ''];
  return {
    program: join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: libraries.filter((path) => path !== '').join(':'),
      FONTCONFIG_FILE: fontsOf(folder),
    },
  };
}

/**
 * What tells the browser where fonts are: those of the package and of the system. The package's own list names folders of
 * the service that it is made for, and a page without any font has no text to lay out.
 */
function fontsOf(folder: string): string {
  const list = join(folder, 'fonts-here.conf');
  const folders = [join(folder, 'fonts'), '/usr/share/fonts'].map((path) => `<dir>${path}</dir>`).join('');
  const text = `<?xml version="1.0"?><fontconfig>${folders}<cachedir>${join(folder, 'fonts-cache')}</cachedir></fontconfig>`;
  if (!existsSync(list)) {
    writeFileSync(`${list}.${process.pid}-${threadId}`, text);
    renameSync(`${list}.${process.pid}-${threadId}`, list);
  }
  return list;
}

const UNPACK = resolve('test/browser/unpack-chromium.mjs');

/** Unpacks beside the place and moves there, so that two test processes at a time do not meet half a browser. */
function unpackInto(folder: string): void {
  const fresh = `${folder}.${process.pid}-${threadId}`;
  mkdirSync(fresh, { recursive: true });
  try {
    execFileSync(process.execPath, [UNPACK], {
      // Named like the service the package is made for, it also unpacks the libraries.
      env: { ...process.env, TMPDIR: fresh, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    renameSync(fresh, folder);
  } catch (error) {
    // Another process was faster.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

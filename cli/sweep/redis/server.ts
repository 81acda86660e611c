import { readFileSync } from 'node:fs';
import type { RedisOptions } from 'ioredis';
import { type Problem, UsageError } from '../../errors.ts';
import { fileErrorText } from '../../file-errors.ts';
import { type PemPart, pemProblems } from './pem.ts';

/** Where a Redis or Valkey server is and how to log in there. */
export interface RedisServer {
  /** For people: scheme, host, port and database, never who logs in. */
  readonly name: string;
  /** For the client alone. A function, so that nothing that prints or serializes a server prints a password. */
  options(): Omit<RedisOptions, 'replyMapping'>;
  /** Takes the user name's and the password's text out of what a server or a library says. */
  withoutSecrets(text: string): string;
}

/** The environment may say all, so that nothing of it stands in a list of processes or a shell's history. */
const FROM_ENVIRONMENT = {
  url: 'SLICEWISE_REDIS_URL',
  username: 'SLICEWISE_REDIS_USERNAME',
  password: 'SLICEWISE_REDIS_PASSWORD',
  ca: 'SLICEWISE_REDIS_CA',
  cert: 'SLICEWISE_REDIS_CERT',
  key: 'SLICEWISE_REDIS_KEY',
} as const;

const IS_TLS: Readonly<Record<string, boolean>> = {
  'redis:': false,
  'valkey:': false,
  'rediss:': true,
  'valkeys:': true,
};
const DEFAULT_PORT = 6379;
const ACCEPTED = 'redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE], or rediss:// for TLS';
const HINT = `characters such as @ : / # of a password are written %40 %3A %2F %23, or it stands in ${FROM_ENVIRONMENT.password}`;

/**
 * The server that an option and the environment name. What the URL says of user and password comes first; PEM files for
 * TLS are named in the environment alone.
 *
 * @param url value of `--redis`; undefined where only the environment names one
 * @throws {UsageError} with everything that is wrong; no part of what was given but host and port is repeated
 */
export function redisServer(
  url: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): RedisServer {
  const text = url ?? environment[FROM_ENVIRONMENT.url];
  const path = url === undefined ? FROM_ENVIRONMENT.url : '--redis';
  const problems: Problem[] = [];
  const parsed = text === undefined || text === '' ? undefined : parse(text);
  if (text === undefined || text === '')
    problems.push({ path: '--redis', message: `needs ${ACCEPTED}`, hint: `or ${FROM_ENVIRONMENT.url}` });
  else if (parsed === undefined) problems.push({ path, message: `must be ${ACCEPTED}`, hint: HINT });
  const tls: Partial<Record<PemPart, Buffer>> = {};
  for (const part of ['ca', 'cert', 'key'] as const) {
    const name = FROM_ENVIRONMENT[part];
    const file = environment[name];
    if (file === undefined || file === '') continue;
    if (parsed !== undefined && !parsed.isTls)
      problems.push({ path: name, message: 'is for TLS: needs a URL that starts with rediss://' });
    try {
      tls[part] = readFileSync(file);
    } catch (error) {
      problems.push({ path: name, value: file, message: `cannot read ${file}: ${fileErrorText(error)}` });
    }
  }
  const given = (part: PemPart) => nonEmpty(environment[FROM_ENVIRONMENT[part]]);
  for (const { part, message } of pemProblems(tls, given))
    problems.push({ path: FROM_ENVIRONMENT[part], message });
  if (problems.length > 0 || parsed === undefined)
    throw new UsageError('cannot tell which server to use', problems);
  const username = parsed.username ?? nonEmpty(environment[FROM_ENVIRONMENT.username]);
  const password = parsed.password ?? nonEmpty(environment[FROM_ENVIRONMENT.password]);
  if (username !== undefined && password === undefined)
    throw new UsageError('cannot tell which server to use', [
      { path, message: 'names a user and no password', hint: FROM_ENVIRONMENT.password },
    ]);
  const { host, port, db, isTls } = parsed;
  const secrets = secretTexts(username, password, text as string);
  return {
    name: `${isTls ? 'rediss' : 'redis'}://${host.includes(':') ? `[${host}]` : host}:${port}/${db}`,
    options: () => ({
      host,
      port,
      db,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(isTls ? { tls } : {}),
    }),
    withoutSecrets: (said) => secrets.reduce((left, secret) => left.replaceAll(secret, '***'), said),
  };
}

interface ParsedUrl {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

function parse(text: string): ParsedUrl | undefined {
  try {
    const { protocol, hostname, port, pathname, username, password, search, hash } = new URL(text);
    const isTls = IS_TLS[protocol];
    const db = /^\/?(\d{0,9})$/.exec(pathname)?.[1];
    if (isTls === undefined || hostname === '' || db === undefined || search !== '' || hash !== '')
      return undefined;
    return {
      isTls,
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? DEFAULT_PORT : Number(port),
      db: Number(db),
      username: nonEmpty(decodeURIComponent(username)),
      password: nonEmpty(decodeURIComponent(password)),
    };
  } catch {
    return undefined;
  }
}

/** The longest first, so that a secret that contains another one leaves no rest. */
function secretTexts(username: string | undefined, password: string | undefined, url: string): string[] {
  const own = [password, username === 'default' ? undefined : username];
  const written = /\/\/([^/]*)@/.exec(url)?.[1]?.split(':') ?? [];
  const texts = [...own, ...own.map((each) => each && encodeURIComponent(each)), ...written];
  return [...new Set(texts.filter((each) => each !== undefined && each !== '' && each !== 'default'))].sort(
    (a, b) => (b as string).length - (a as string).length,
  ) as string[];
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/**
 * Takes a URL with a password out of the command line that other users of the machine see in the list of processes. It was
 * there while the process started: the environment is the better place.
 */
export function hideSecretsOfProcess(argv: readonly string[] = process.argv): void {
  if (!argv.some((each) => /\/\/[^/]*@/.test(each))) return;
  process.title = ['slicewise', ...argv.slice(2).map((each) => each.replace(/\/\/.*@/, '//***@'))].join(' ');
}

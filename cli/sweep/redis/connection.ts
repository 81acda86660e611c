import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { UsageError } from '../../errors.ts';
import type { RedisServer } from './server.ts';

/** BullMQ's scripts and the replies they rest on. */
const LEAST_VERSION = [6, 2] as const;
const FIRST_CONNECT_MS = 10_000;
const LONGEST_BACKOFF_MS = 2_000;

/** A connection that comes back by itself, and says when it has been away for too long. */
export interface RedisLink {
  readonly client: Redis;
  /**
   * Waits for an answer of the server, over losses of the connection as long as it comes back in time.
   *
   * @throws {UsageError} if the server has been away, or has not answered, for longer than the timeout, or refuses
   */
  answer<T>(asked: Promise<T>): Promise<T>;
  /** Rejects with a `UsageError` when the server has been away for longer than the timeout; never resolves. */
  readonly lost: Promise<never>;
  /** What a server or a library says, as an error for people and without secrets. */
  explained(error: unknown): UsageError;
  close(): void;
}

/**
 * Connects and looks at the server. The first connection is tried once, since a wrong address or password is likelier then
 * than a server that is away; one that is lost later is tried again with growing pauses.
 *
 * @param timeoutMs for so long a server may be away
 * @throws {UsageError} in one line if there is no such server, it lets nobody in, or is not fit
 */
export async function openRedis(
  server: RedisServer,
  timeoutMs: number,
  note: (text: string) => void,
): Promise<RedisLink> {
  let isOpen = false;
  let isClosed = false;
  let lastError: unknown;
  const settings: Omit<RedisOptions, 'replyMapping'> = {
    ...server.options(),
    lazyConnect: true,
    connectTimeout: Math.min(timeoutMs, FIRST_CONNECT_MS),
    // A worker of BullMQ asks for this: commands wait until the connection is back.
    maxRetriesPerRequest: null,
    retryStrategy: (tries) => (isOpen ? Math.min(50 * 2 ** Math.min(tries, 10), LONGEST_BACKOFF_MS) : null),
  };
  const client = new Redis(settings);
  client.on('error', (error) => {
    // What went wrong first says why; what follows from it often hides that.
    lastError = isOpen ? error : (lastError ?? error);
  });
  // Connections that the queue makes of this one may fail while they are closed: nobody listens to them by then.
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (...changed) => duplicate(...changed).on('error', () => {});
  const explained = (error: unknown) => usageError(server, error);
  try {
    await client.connect();
    checkServer(await client.info());
  } catch (error) {
    client.disconnect();
    throw explained(error instanceof Unfit ? error : (lastError ?? error));
  }
  isOpen = true;
  lastError = undefined;

  let loseIt: (error: UsageError) => void = () => {};
  const lost = new Promise<never>((_, reject) => {
    loseIt = reject;
  });
  lost.catch(() => {}); // whoever waits hears of it
  const tooLong = () =>
    new UsageError(`lost the connection to ${server.name}`, [
      {
        path: '--redis-timeout',
        message: `the server has not answered for ${seconds(timeoutMs)} s${lastError === undefined ? '' : `: ${wordsOf(server, lastError)}`}`,
        hint: 'what is done is kept: run the same again to go on',
      },
    ]);
  let away: NodeJS.Timeout | undefined;
  client.on('close', () => {
    if (isClosed || away !== undefined) return;
    note(`lost the connection to ${server.name}: trying again for ${seconds(timeoutMs)} s`);
    away = setTimeout(() => loseIt(tooLong()), timeoutMs);
  });
  client.on('ready', () => {
    if (away === undefined) return;
    clearTimeout(away);
    away = undefined;
    lastError = undefined;
    note(`the connection to ${server.name} is back`);
  });
  return {
    client,
    lost,
    explained,
    async answer(asked) {
      const timer = new AbortController();
      const silence = sleep(timeoutMs, undefined, { signal: timer.signal }).then(() => {
        throw tooLong();
      });
      silence.catch(() => {});
      try {
        return await Promise.race([asked, lost, silence]);
      } catch (error) {
        throw error instanceof UsageError ? error : isCut(error) ? error : explained(error);
      } finally {
        timer.abort();
        asked.catch(() => {});
      }
    },
    close() {
      isClosed = true;
      clearTimeout(away);
      client.disconnect();
    },
  };
}

/** Whether an answer got lost with its connection: what was asked may have been done, or not. */
export function isCut(error: unknown): boolean {
  const { message = '', code } = (error ?? {}) as NodeJS.ErrnoException;
  return (
    isBareClose(error) ||
    message.includes('aborted due to connection close') ||
    message.startsWith('LOADING') ||
    message.startsWith('READONLY') ||
    message.startsWith('MASTERDOWN') ||
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code ?? '')
  );
}

/** Whether the server says that the user may not do that: a command, a key, or a command of a script. */
export function isRefusal(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.message.startsWith('NOPERM') || error.message.includes("user executing the script can't"))
  );
}

function isBareClose(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Connection is closed');
}

function checkServer(info: string): void {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const version = field('redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor < LEAST_VERSION[1]))
    throw new Unfit(
      `needs Redis ${LEAST_VERSION.join('.')} or later, or Valkey; the server is ${version === '' ? 'of no known version' : version}`,
    );
  const policy = field('maxmemory_policy');
  if (policy?.startsWith('allkeys') === true)
    throw new Unfit(
      `throws keys away when its memory is full (maxmemory-policy ${policy}): set maxmemory-policy noeviction`,
    );
}

/** The server answers, and cannot be used. */
class Unfit extends Error {}

function usageError(server: RedisServer, error: unknown): UsageError {
  return new UsageError(`cannot use ${server.name}`, [{ path: '', message: wordsOf(server, error) }]);
}

const IN_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there (connection refused)',
  ENOTFOUND: 'no host has this name',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'the host does not answer',
  ECONNRESET: 'it closed the connection (a server that wants TLS needs rediss://)',
  EPROTO: 'what answers there does not speak TLS: for a server without it, use redis://',
  ERR_SSL_WRONG_VERSION_NUMBER:
    'what answers there does not speak TLS: for a server without it, use redis://',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is self-signed: name it in SLICEWISE_REDIS_CA if it is to be trusted',
  SELF_SIGNED_CERT_IN_CHAIN:
    'nobody known vouches for its certificate: name the authority in SLICEWISE_REDIS_CA if it is to be trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'nobody known vouches for its certificate: name the authority in SLICEWISE_REDIS_CA if it is to be trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'nobody known vouches for its certificate: name the authority in SLICEWISE_REDIS_CA if it is to be trusted',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet, by the clock of this machine',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** What a server says of the client's certificate before it closes; whether that is heard is a matter of a moment. */
const OF_CLIENT_CERTIFICATE = /^ERR_SSL_\w+_ALERT_(?:\w*CERTIFICATE\w*|UNKNOWN_CA)$/;

/** By the first word of what a server answers. */
const OF_SERVER: Readonly<Record<string, string>> = {
  WRONGPASS: 'the user or the password is wrong',
  NOAUTH: 'it wants a password: SLICEWISE_REDIS_PASSWORD, or in the URL',
  OOM: 'its memory is full (maxmemory)',
  NOPERM: 'the user may not run the commands that are needed, or not on keys that begin with slicewise:',
  MISCONF: 'it cannot save to its disk and takes nothing more',
};

function wordsOf(server: RedisServer, error: unknown): string {
  if (error instanceof Unfit) return error.message;
  if (!(error instanceof Error)) return 'no reason is known';
  const { code } = error as NodeJS.ErrnoException;
  const known = IN_WORDS[code ?? ''] ?? OF_SERVER[error.message.split(' ')[0] ?? ''];
  if (
    server.name.startsWith('rediss:') &&
    (isBareClose(error) || code === 'ECONNRESET' || OF_CLIENT_CERTIFICATE.test(code ?? ''))
  )
    return 'it closed the connection (it may want a certificate, or another one: SLICEWISE_REDIS_CERT and SLICEWISE_REDIS_KEY)';
  if (server.name.startsWith('rediss:') && code === 'ETIMEDOUT')
    return `${known} (a server without TLS needs redis://)`;
  if (known !== undefined) return known;
  if (isRefusal(error)) return OF_SERVER.NOPERM as string;
  if (error.message.includes('invalid password')) return OF_SERVER.WRONGPASS as string;
  if (/^(Protocol error|Unknown RESP type)/.test(error.message))
    return 'what answers there is no Redis server';
  if (isBareClose(error)) return IN_WORDS.ECONNRESET as string;
  return server.withoutSecrets(error.message.split('\n')[0] ?? '');
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

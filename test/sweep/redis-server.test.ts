import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import type { Problem } from '../../cli/errors.ts';
import { UsageError } from '../../cli/errors.ts';
import { formatProblems } from '../../cli/problems.ts';
import { openRedis } from '../../cli/sweep/redis/connection.ts';
import { durationOption } from '../../cli/sweep/redis/options.ts';
import { redisServer } from '../../cli/sweep/redis/server.ts';
import {
  contextOf,
  coordinator,
  hasRedis,
  Slicewise,
  smallRuns,
  TestRedis,
  waitFor,
  worker,
} from './redis-support.ts';

/** What a person sees of an error. */
async function told(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (error instanceof UsageError) return formatProblems(error);
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('the server of --redis', () => {
  test('is told by the URL first and the environment after that', () => {
    const environment = { SLICEWISE_REDIS_URL: 'rediss://q.example', SLICEWISE_REDIS_PASSWORD: 'env' };
    const fromEnvironment = redisServer(undefined, environment);
    expect(fromEnvironment.name).toBe('rediss://q.example:6379/0');
    expect(fromEnvironment.options()).toEqual({
      host: 'q.example',
      port: 6379,
      db: 0,
      password: 'env',
      tls: {},
    });
    const fromUrl = redisServer('valkey://ann:u%40r%2Fl@[::1]:7000/3', environment);
    expect(fromUrl.name).toBe('redis://[::1]:7000/3');
    expect(fromUrl.options()).toEqual({
      host: '::1',
      port: 7000,
      db: 3,
      username: 'ann',
      password: 'u@r/l',
    });
  });

  test.each([
    '',
    'queue.example',
    'http://queue.example',
    'redis://',
    'redis://h:70000',
    'redis://h/one',
    'redis://h/0?password=secret1',
    'redis://:secret1#2@h',
    'redis://:secret1/2@h',
    'redis://:%zz-secret1@h',
  ])('must be a URL of one: %s', async (url) => {
    const text = await told(() => redisServer(url, {}));
    expect(text).toMatch(/^slicewise: cannot tell which server to use\n {2}--redis: .*redis:\/\/\[USER/);
    expect(text).not.toContain('secret1');
  });

  test('is refused with every problem at once where TLS files do not go with it', async () => {
    const text = await told(() =>
      redisServer('redis://h', { SLICEWISE_REDIS_CA: '/no/such.pem', SLICEWISE_REDIS_KEY: '/no/key.pem' }),
    );
    expect(text.match(/starts with rediss/g)).toHaveLength(2);
    expect(text.match(/no such file/g)).toHaveLength(2);
    expect(await told(() => redisServer('redis://ann@h', {}))).toContain('names a user and no password');
  });

  test('shows no password, however it is printed, and takes it out of what others say', () => {
    const secret = fc.string({ minLength: 6, maxLength: 20 }).filter((text) => /[^\s*]{6}/.test(text));
    fc.assert(
      fc.property(secret, secret, (username, password) => {
        const url = `redis://${encodeURIComponent(username)}:${encodeURIComponent(password)}@h`;
        const server = redisServer(url, {});
        expect(server.options()).toMatchObject({ username, password });
        const printed = [JSON.stringify(server), inspect(server, { depth: 9 }), server.name];
        const said = server.withoutSecrets(`ERR unknown, with args: ${username}, ${password}; ${url}`);
        // The words around it may happen to contain a short piece; a whole secret is never left.
        for (const text of [...printed, said.slice('ERR unknown, with args: '.length)])
          expect(text.includes(password) && password !== '***').toBe(false);
      }),
    );
  });
});

test('times are read with their units, and wrong ones are told', () => {
  const problems: Problem[] = [];
  const read = durationOption('--idle-exit', 100, problems);
  expect(['60s', '5m', '2h', '1500ms', '0.5 s', '7'].map(read)).toEqual([
    60_000, 300_000, 7_200_000, 1_500, 500, 7_000,
  ]);
  expect(problems).toEqual([]);
  for (const text of ['', 'soon', '-1s', '99ms', '8000h', '1d']) read(text);
  expect(problems.map(({ value }) => value)).toEqual(['', 'soon', '-1s', '99ms', '8000h', '1d']);
});

describe('a server that cannot be used is told in one line:', () => {
  test('nobody listens', async () => {
    const process = worker('redis://:hidden-one@127.0.0.1:1');
    expect(await process.ended()).toBe(2);
    expect(process.text).toBe(
      'slicewise: cannot use redis://127.0.0.1:1/0\n  nobody listens there (connection refused)\n',
    );
  });

  /** A server that says what it is told to say, whatever it is asked. */
  async function answering(
    reply: (asked: string) => string,
    run: (url: string) => Promise<void>,
  ): Promise<void> {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (data) => socket.write(reply(data.toString())));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await run(`redis://ann:hidden-two@127.0.0.1:${(server.address() as { port: number }).port}`);
    } finally {
      server.close();
    }
  }

  const open = (url: string) => told(() => openRedis(redisServer(url, {}), 2_000, () => {}));

  test.each([
    ['5.0.14', 'needs Redis 6.2 or later, or Valkey; the server is 5.0.14'],
    ['6.0.16', 'needs Redis 6.2 or later, or Valkey; the server is 6.0.16'],
  ])('it is an old one, %s', async (version, words) => {
    const info = `# Server\r\nredis_version:${version}\r\nloading:0\r\n`;
    const reply = (asked: string) =>
      [...asked.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)]
        .map(([, name]) =>
          name?.toLowerCase() === 'info'
            ? `$${info.length}\r\n${info}\r\n`
            : name?.toLowerCase() === 'hello'
              ? '-ERR unknown command `hello`, with args beginning with: `3`, `AUTH`, `ann`, `hidden-two`, \r\n'
              : '+OK\r\n',
        )
        .join('');
    await answering(reply, async (url) => {
      const text = await open(url);
      expect(text).toContain(words);
      expect(text.split('\n')).toHaveLength(3);
    });
  });

  test('it says something with the password in it', async () => {
    await answering(
      () => '-ERR strange `ann`, `hidden-two`\r\n'.repeat(9),
      async (url) => {
        const text = await open(url);
        expect(text).toContain('ERR strange `***`, `***`');
      },
    );
  });

  test('it is no Redis server', async () => {
    await answering(
      () => 'HTTP/1.1 400 Bad Request\r\n\r\n',
      async (url) => expect(await open(url)).toContain('what answers there is no Redis server'),
    );
  });
});

describe.skipIf(!hasRedis)('a password', () => {
  let server: TestRedis;
  afterEach(() => server.remove());

  test('that is wrong or missing is told, without it', async () => {
    server = await new TestRedis('--requirepass', 'hidden-right').start();
    const address = server.url.replace('redis://', '');
    for (const [url, words] of [
      [`redis://:hidden-wrong@${address}`, 'the user or the password is wrong'],
      [`redis://ann:hidden-wrong@${address}`, 'the user or the password is wrong'],
      [`redis://${address}`, 'it wants a password'],
    ] as const) {
      const text = await told(async () => {
        for await (const _ of coordinator(url).run([], contextOf([])));
      });
      expect(text).toContain(`cannot use redis://${address}/0\n  ${words}`);
      expect(text).not.toContain('hidden');
    }
    const process = worker(`redis://:hidden-wrong@${address}`);
    expect(await process.ended()).toBe(2);
    expect(process.text).toBe(
      `slicewise: cannot use redis://${address}/0\n  the user or the password is wrong\n`,
    );
  });

  test('is in no log, result, key of the server or list of processes', async () => {
    server = await new TestRedis('--requirepass', 'hidden-right').start();
    const url = server.url.replace('redis://', 'redis://:hidden-right@');
    const inUrl = worker(url);
    const inEnvironment = new Slicewise(['worker', '--concurrency', '1', '--idle-exit', '1s'], {
      SLICEWISE_REDIS_URL: server.url,
      SLICEWISE_REDIS_PASSWORD: 'hidden-right',
    });
    const runs = smallRuns(6);
    const notes: string[] = [];
    const written: string[] = [];
    const client = new Redis(url);
    const keep = async () => {
      for (const key of await client.keys('*')) written.push(key, (await client.dump(key))?.toString() ?? '');
    };
    for await (const outcome of coordinator(url, notes).run(runs, contextOf(runs))) {
      written.push(JSON.stringify(outcome));
      await keep();
      for (const { process, text } of [inUrl, inEnvironment]) {
        // Whoever has begun to work has also changed its title.
        if (text.includes('at a time') && process.exitCode === null)
          written.push(readFileSync(`/proc/${process.pid}/cmdline`, 'utf8'));
      }
    }
    await waitFor(() => [inUrl, inEnvironment].every(({ text }) => text.includes('at a time')));
    written.push(readFileSync(`/proc/${inUrl.process.pid}/cmdline`, 'utf8'));
    expect(written.at(-1)).toContain('//***@127.0.0.1');
    expect(await inUrl.kill('SIGTERM')).toBe(0);
    expect(await inEnvironment.ended()).toBe(0);
    client.disconnect();
    written.push(...notes, inUrl.text, inEnvironment.text);
    expect(written.length).toBeGreaterThan(50);
    expect(written.filter((text) => text.includes('hidden'))).toEqual([]);
  });

  test('a worker that is asked to end finishes the run in hand and takes no more', async () => {
    server = await new TestRedis().start();
    // On a slow machine, too, each run is done once.
    const only = worker(server.url, '--silent', '30s');
    const runs = smallRuns(30);
    const outcomes = coordinator(server.url).run(runs, contextOf(runs))[Symbol.asyncIterator]();
    await outcomes.next();
    expect(await only.kill('SIGTERM')).toBe(0);
    const done = Number(/(\d+) runs? done/.exec(only.text)?.[1]);
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(runs.length);
    const client = new Redis(server.url);
    const key = async (name: string) => (await client.keys(`slicewise:runs-*:${name}`))[0] ?? 'none';
    expect(await client.llen(await key('active'))).toBe(0);
    // The one that was yielded is removed when the next is asked for.
    expect(await client.zcard(await key('completed'))).toBe(done);
    client.disconnect();
    await outcomes.return?.(undefined);
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../cli/errors.ts';
import { formatProblems } from '../../cli/problems.ts';
import { openRedis } from '../../cli/sweep/redis/connection.ts';
import { redisServer } from '../../cli/sweep/redis/server.ts';
import { freePort, hasRedis, TestRedis } from './redis-support.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) process.stderr.write('skipped: tests of Redis over TLS need openssl to make certificates\n');

const folder = mkdtempSync(join(tmpdir(), 'slicewise-redis-tls-'));
const file = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function openssl(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
}

const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function authority(name: string): void {
  openssl('req', '-x509', ...CURVE, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`);
}

/** A certificate of the authority `ca`, from one day to another one (YYYYMMDD). */
function certificate(name: string, hosts: string, from: string, to: string): void {
  openssl('req', ...CURVE, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
  writeFileSync(
    file(`${name}.cnf`),
    `[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\nunique_subject=no\npolicy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n[x]\nsubjectAltName=${hosts}\n`,
  );
  const dates = ['-startdate', `${from}000000Z`, '-enddate', `${to}000000Z`];
  openssl(
    ...['ca', '-batch', '-notext', '-config', `${name}.cnf`, '-cert', 'ca.pem', '-keyfile', 'ca.key'],
    ...['-in', `${name}.csr`, '-out', `${name}.pem`, ...dates],
  );
}

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

const SECRET = 'hidden-right';
const HERE = 'DNS:localhost,IP:127.0.0.1';

describe.skipIf(!hasOpenssl)('a Redis server over TLS', () => {
  beforeAll(() => {
    writeFileSync(file('index'), '');
    writeFileSync(file('serial'), '01\n');
    authority('ca');
    authority('other');
    certificate('here', HERE, '20200101', '20990101');
    certificate('elsewhere', 'DNS:elsewhere.example', '20200101', '20990101');
    certificate('expired', HERE, '20200101', '20210101');
    certificate('early', HERE, '20980101', '20990101');
    certificate('client', 'DNS:client', '20200101', '20990101');
    openssl('ec', '-in', 'client.key', '-aes128', '-passout', 'pass:hidden', '-out', 'locked.key');
    openssl('x509', '-in', 'ca.pem', '-outform', 'DER', '-out', 'ca.der');
    writeFileSync(
      file('both.pem'),
      readFileSync(file('client.pem'), 'utf8') + readFileSync(file('client.key'), 'utf8'),
    );
    writeFileSync(file('garbage.pem'), 'garbage\n');
    writeFileSync(file('torn.pem'), readFileSync(file('ca.pem')).subarray(0, 200));
  });

  const environment = (ca: string, cert?: string, key?: string) => ({
    SLICEWISE_REDIS_CA: file(ca),
    ...(cert === undefined ? {} : { SLICEWISE_REDIS_CERT: file(cert) }),
    ...(key === undefined ? {} : { SLICEWISE_REDIS_KEY: file(key) }),
  });

  test('is not asked with PEM files that cannot be used: each is named, and all at once', async () => {
    const text = (ca: string, cert?: string, key?: string) =>
      told(() => redisServer('rediss://h', environment(ca, cert, key)));
    for (const ca of ['garbage.pem', 'torn.pem', 'ca.der', 'ca.key'])
      expect(await text(ca)).toContain(`SLICEWISE_REDIS_CA: ${file(ca)} has no certificate in PEM form`);
    const wrong = await text('garbage.pem', 'client.key', 'client.pem');
    expect(wrong).toContain('SLICEWISE_REDIS_CA: ');
    expect(wrong).toContain(`SLICEWISE_REDIS_CERT: ${file('client.key')} has no certificate in PEM form`);
    expect(wrong).toContain(`SLICEWISE_REDIS_KEY: ${file('client.pem')} has no private key in PEM form`);
    expect(await text('ca.pem', 'client.pem')).toContain('SLICEWISE_REDIS_KEY: is missing');
    expect(await text('ca.pem', undefined, 'client.key')).toContain('SLICEWISE_REDIS_CERT: is missing');
    expect(await text('ca.pem', 'client.pem', 'locked.key')).toContain(
      `SLICEWISE_REDIS_KEY: ${file('locked.key')} is encrypted`,
    );
    expect(await text('ca.pem', 'client.pem', 'here.key')).toContain(
      `SLICEWISE_REDIS_KEY: ${file('here.key')} is not the key of the certificate in ${file('client.pem')}`,
    );
    for (const [cert, key] of [
      ['client.pem', 'client.key'],
      ['both.pem', 'both.pem'],
    ] as const)
      expect(redisServer('rediss://h', environment('ca.pem', cert, key)).options().tls).toMatchObject({
        cert: readFileSync(file(cert)),
      });
  });

  test.skipIf(!hasRedis)(
    'lets those in whom it should, and is told in one line where it cannot be used',
    async () => {
      const servers: TestRedis[] = [];
      const started = async (name: string, wantsClient = 'no') => {
        const port = await freePort();
        const server = new TestRedis(
          ...['--requirepass', SECRET, '--tls-port', `${port}`, '--tls-auth-clients', wantsClient],
          ...['--tls-cert-file', file(`${name}.pem`), '--tls-key-file', file(`${name}.key`)],
          ...['--tls-ca-cert-file', file('ca.pem')],
        );
        servers.push(server);
        await server.start();
        return `rediss://localhost:${port}`;
      };
      const open = async (url: string, ca: string, cert?: string, key?: string, password = SECRET) => {
        const given = { ...environment(ca, cert, key), SLICEWISE_REDIS_PASSWORD: password };
        const link = await openRedis(redisServer(url, given), 5_000, () => {});
        link.close();
      };
      try {
        const plain = await started('here');
        await open(plain, 'ca.pem');
        const unknown = /^slicewise: cannot use rediss:\/\/localhost:\d+\/0\n {2}nobody known vouches/;
        expect(await told(() => open(plain, 'other.pem'))).toMatch(unknown);
        const wrong = await told(() => open(plain, 'ca.pem', undefined, undefined, 'hidden-wrong'));
        expect(wrong).toContain('the user or the password is wrong');
        expect(wrong).not.toContain('hidden');
        for (const [name, words] of [
          ['elsewhere', 'its certificate is for another host'],
          ['expired', 'its certificate has expired'],
          ['early', 'its certificate is not valid yet'],
        ] as const)
          expect(await told(async () => open(await started(name), 'ca.pem'))).toContain(words);
        const strict = await started('here', 'yes');
        await open(strict, 'ca.pem', 'client.pem', 'client.key');
        const unmet = 'it may want a certificate, or another one';
        expect(await told(() => open(strict, 'ca.pem'))).toContain(unmet);
        expect(await told(() => open(strict, 'ca.pem', 'other.pem', 'other.key'))).toContain(unmet);
      } finally {
        await Promise.all(servers.map((each) => each.remove()));
      }
    },
  );
});

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

/** PEM files for TLS: of the authority, of the client's own certificate and of its key. */
export type PemPart = 'ca' | 'cert' | 'key';

interface PemProblem {
  readonly part: PemPart;
  readonly message: string;
}

const CERTIFICATE = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/;

/**
 * What keeps PEM files from being used. They are looked at before anybody connects: an authority that cannot be read is
 * ignored without a word, and a key that does not fit comes up as a code of OpenSSL that names no file.
 *
 * @param read what is in the files that could be read
 * @param given the name of a file, undefined where none is given
 */
export function pemProblems(
  read: Readonly<Partial<Record<PemPart, Buffer>>>,
  given: (part: PemPart) => string | undefined,
): readonly PemProblem[] {
  const problems: PemProblem[] = [];
  if (read.ca !== undefined && certificateOf(read.ca) === undefined)
    problems.push({ part: 'ca', message: `${given('ca')} has no certificate in PEM form` });
  const cert = read.cert && certificateOf(read.cert);
  if (read.cert !== undefined && cert === undefined)
    problems.push({ part: 'cert', message: `${given('cert')} has no certificate in PEM form` });
  const key = read.key && keyOf(read.key);
  if (typeof key === 'string') problems.push({ part: 'key', message: `${given('key')} ${key}` });
  if (given('cert') !== undefined && given('key') === undefined)
    problems.push({ part: 'key', message: 'is missing: the certificate is of no use without its key' });
  if (given('key') !== undefined && given('cert') === undefined)
    problems.push({ part: 'cert', message: 'is missing: the key is of no use without its certificate' });
  if (cert !== undefined && typeof key === 'object' && !cert.checkPrivateKey(key))
    problems.push({
      part: 'key',
      message: `${given('key')} is not the key of the certificate in ${given('cert')}`,
    });
  return problems;
}

function certificateOf(bytes: Buffer): X509Certificate | undefined {
  // The other form, DER, is read here, and not where connections are made.
  if (!CERTIFICATE.test(bytes.toString('latin1'))) return undefined;
  try {
    return new X509Certificate(bytes);
  } catch {
    return undefined;
  }
}

/** @returns what is wrong with it, where it cannot be used */
function keyOf(bytes: Buffer): KeyObject | string {
  try {
    return createPrivateKey(bytes);
  } catch {
    return /ENCRYPTED/.test(bytes.toString('latin1'))
      ? 'is encrypted, and there is no way to give its passphrase: take the key without one'
      : 'has no private key in PEM form';
  }
}

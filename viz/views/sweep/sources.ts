import type { SweepPlace } from '../../app/sweep-place.ts';

/** The sweep cannot be shown: in words that say what to do. */
export class SweepReadError extends Error {}

/** The files of a sweep, wherever they are. */
export interface SweepFiles {
  /** @throws {SweepReadError} where there is none */
  manifest(): Promise<string>;
  /** In order of their names. */
  readonly results: readonly { readonly name: string; bytes(): Promise<ReadableStream<Uint8Array>> }[];
}

/** @throws {SweepReadError} where they cannot be found */
export function filesOf(place: SweepPlace): Promise<SweepFiles> {
  return place.kind === 'address' ? served(place.address) : picked(place);
}

async function answered(address: string): Promise<Response | undefined> {
  let response: Response;
  try {
    response = await fetch(address, { cache: 'no-store' });
  } catch {
    throw new SweepReadError('The sweep cannot be reached: is `slicewise view` still running?');
  }
  if (response.status === 500) throw new SweepReadError((await response.text()).trim());
  return response.ok ? response : undefined;
}

async function served(address: string): Promise<SweepFiles> {
  const of = async (path: string) => {
    const response = await answered(address + path);
    if (response === undefined) throw new SweepReadError(`${path} is not there (any more): reload the page.`);
    return response;
  };
  return {
    manifest: async () => (await of('manifest.json')).text(),
    results: (await listed(address)).map((name) => ({
      name,
      async bytes() {
        const { body } = await of(name);
        if (body === null) throw new SweepReadError(`${name} came without anything in it.`);
        return body;
      },
    })),
  };
}

/** Result files as `slicewise view` lists them; where the page is hosted as plain files, those that the index names. */
async function listed(address: string): Promise<readonly string[]> {
  const now = await answered(`${address}results.json`);
  if (now !== undefined) {
    const { files } = (await now.json()) as { readonly files: readonly string[] };
    return files.map((name) => `results/${encodeURIComponent(name)}`);
  }
  const index = await answered(`${address}index.json`);
  if (index === undefined)
    throw new SweepReadError(
      'There is neither a list of the results nor index.json: is it the directory of a sweep?',
    );
  const { runs } = (await index.json()) as { readonly runs: readonly { readonly file: string }[] };
  return [...new Set(runs.map(({ file }) => file))].sort();
}

async function picked({ files }: Extract<SweepPlace, { kind: 'files' }>): Promise<SweepFiles> {
  const all = await files();
  const manifests = all.filter(({ file }) => file.name === 'manifest.json');
  const results = all
    .filter(({ file }) => file.name.endsWith('.jsonl'))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const [manifest] = manifests;
  if (manifests.length > 1)
    throw new SweepReadError(
      `There are ${manifests.length} manifests (${manifests.map(({ path }) => path).join(', ')}): open one sweep at a time.`,
    );
  if (manifest === undefined)
    throw new SweepReadError(
      `There is no manifest.json among the ${all.length} files: choose it together with the files of results, or drop the whole directory.`,
    );
  const readable = <T>(read: Promise<T>, path: string) =>
    read.catch(() => {
      throw new SweepReadError(`${path} was changed since it was chosen: open the sweep again.`);
    });
  return {
    manifest: () => readable(manifest.file.text(), manifest.path),
    // A slice of it, because a file that was changed since is told when its bytes are asked for.
    results: results.map(({ path, file }) => ({
      name: path,
      bytes: () =>
        readable(
          file
            .slice(0, 1)
            .arrayBuffer()
            .then(() => file.stream()),
          path,
        ),
    })),
  };
}

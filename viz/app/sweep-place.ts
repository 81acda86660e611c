/** A file of a sweep, and where it lay among the others. */
interface PickedFile {
  readonly path: string;
  readonly file: File;
}

/** Where the files of a sweep are: heavy things are read by the view that shows it. */
export type SweepPlace =
  | { readonly kind: 'address'; readonly name: string; readonly address: string }
  | {
      readonly kind: 'files';
      readonly name: string;
      /** Asked again whenever the sweep is read again: a folder may have others by then. */
      files(): Promise<readonly PickedFile[]>;
    };

const isOfSweep = (name: string): boolean => name === 'manifest.json' || name.endsWith('.jsonl');

/** Which of some files make a sweep, and which are something else. */
export function partFiles(files: readonly File[]): {
  readonly sweep: SweepPlace | undefined;
  readonly others: readonly File[];
} {
  const parts = files.filter(({ name }) => isOfSweep(name));
  if (parts.length === 0) return { sweep: undefined, others: files };
  const picked = parts.map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  const sweep: SweepPlace = { kind: 'files', name: 'sweep', files: async () => picked };
  // The index of a sweep is chosen along with the rest of it, and says nothing that the rest does not.
  return { sweep, others: files.filter(({ name }) => !isOfSweep(name) && name !== 'index.json') };
}

/** The sweep in a folder that was dropped; its folders are walked whenever it is read. */
export function droppedSweep(folder: FileSystemDirectoryEntry): SweepPlace {
  return {
    kind: 'files',
    name: folder.name,
    async files() {
      const found: PickedFile[] = [];
      await walk(folder, folder.name, found);
      return found;
    },
  };
}

async function walk(folder: FileSystemDirectoryEntry, path: string, found: PickedFile[]): Promise<void> {
  const reader = folder.createReader();
  const more = () => new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
  // Browsers hand out a hundred at a time, and an empty list at the end.
  for (let entries = await more(); entries.length > 0; entries = await more())
    for (const entry of entries) {
      const at = `${path}/${entry.name}`;
      if (entry.isDirectory) await walk(entry as FileSystemDirectoryEntry, at, found);
      else if (isOfSweep(entry.name)) {
        const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
        found.push({ path: at, file });
      }
    }
}

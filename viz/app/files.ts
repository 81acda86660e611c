import type { App } from './context.ts';
import { droppedSweep, partFiles } from './sweep-place.ts';

type Opener = Pick<App, 'open' | 'openSweep'>;

/**
 * Opens files that are dropped anywhere on the page. A view that takes files of its own (traces) handles the event before
 * it gets here, and calls `preventDefault`.
 *
 * @param over told whether files are held over the page
 */
export function acceptDrops(app: Opener, over: (isOver: boolean) => void): () => void {
  const drag = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    over(true);
  };
  const leave = (event: DragEvent): void => {
    // From one element of the page to another it leaves, too, but not the page.
    if (event.relatedTarget === null) over(false);
  };
  const drop = (event: DragEvent): void => {
    over(false);
    if (event.defaultPrevented) return;
    // What folders were dropped is known only as long as the event is handled.
    const entries = [...(event.dataTransfer?.items ?? [])].map((item) => item.webkitGetAsEntry?.() ?? null);
    const folders = entries.filter((entry) => entry?.isDirectory === true) as FileSystemDirectoryEntry[];
    const names = new Set(folders.map(({ name }) => name));
    const files = [...(event.dataTransfer?.files ?? [])].filter(({ name }) => !names.has(name));
    if (files.length === 0 && folders.length === 0) return;
    event.preventDefault();
    for (const folder of folders.slice(-1)) app.openSweep(droppedSweep(folder));
    void openFiles(app, files);
  };
  document.addEventListener('dragover', drag);
  document.addEventListener('dragleave', leave);
  document.addEventListener('drop', drop);
  return () => {
    document.removeEventListener('dragover', drag);
    document.removeEventListener('dragleave', leave);
    document.removeEventListener('drop', drop);
  };
}

/** Opens what belongs to a sweep as one, and the others one after another, so that the first stays the first. */
export async function openFiles(app: Opener, files: readonly File[]): Promise<void> {
  const { sweep, others } = partFiles(files);
  if (sweep !== undefined) app.openSweep(sweep);
  for (const file of others) await app.open(file, file.name);
}

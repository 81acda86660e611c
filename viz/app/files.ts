import type { App } from './context.ts';

/**
 * Opens files that are dropped anywhere on the page. A view that takes files of its own (traces) handles the event before
 * it gets here, and calls `preventDefault`.
 *
 * @param over told whether files are held over the page
 */
export function acceptDrops(app: Pick<App, 'open'>, over: (isOver: boolean) => void): () => void {
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
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
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

/** Opens them one after another, so that the first stays the first. */
export async function openFiles(app: Pick<App, 'open'>, files: readonly File[]): Promise<void> {
  for (const file of files) await app.open(file, file.name);
}

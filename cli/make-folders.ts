import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing; one that is there is left as it is. In place of Node's recursive
 * `mkdir`, which never returns where a folder is there and the system says ENOENT of what is made in it (/proc, or a folder that
 * was removed while it was in use), and which says ENOENT where the reason is a read-only or full file system.
 *
 * @throws the error of the system, or one with a reason for a person
 */
export function makeFolders(path: string): void {
  if (isMade(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolders(above);
  if (!isMade(path)) throw new Error('the system lets nothing be made there');
}

/**
 * Makes one folder.
 *
 * @returns false if that above it is missing, or so the system says
 */
function isMade(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return true;
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true)
      throw new Error('is a link to something that is no folder: must be a folder');
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return false;
  }
}

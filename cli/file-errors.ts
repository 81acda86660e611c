const IN_WORDS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'too large for the file system',
  ENOENT: 'no such file or folder',
  EISDIR: 'is a folder: must be a file',
  EEXIST: 'a part of its path is a file: must be a folder',
  ENOTDIR: 'a part of its path is a file: must be a folder',
  ENAMETOOLONG: 'the name is too long for the file system',
  EMFILE: 'too many open files',
  ELOOP: 'its links lead in a circle',
};

/** Why a file could not be read or written, for a person: without the system call and the names used inside. */
export function fileErrorText(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const words = code === undefined ? undefined : IN_WORDS[code];
  return words ?? (error instanceof Error ? error.message : String(error));
}

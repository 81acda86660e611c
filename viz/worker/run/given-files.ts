import type { TraceSource } from '../../../scenarios/read-traces.ts';
import type { GivenFile } from '../messages.ts';

/** The last part of a path: what a dropped file is called. */
export function fileNameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** Files that a scenario names and nobody has given, by their names without folders. */
export function missingFiles(
  paths: readonly string[],
  given: readonly { readonly name: string }[],
): readonly string[] {
  const names = new Set(given.map(({ name }) => name));
  return [...new Set(paths.map(fileNameOf))].filter((name) => !names.has(name));
}

/** Given files as where traces are read from. Folders do not matter: nobody can give a path. */
export function givenSource(files: readonly GivenFile[]): TraceSource {
  return {
    async *open(path) {
      const name = fileNameOf(path);
      const file = files.find((each) => each.name === name);
      if (file === undefined) throw new Error(`is not among the files given: drop ${name} on the page`);
      const reader = file.blob.stream().getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        yield value;
      }
    },
    errorText: (error) => (error instanceof Error ? error.message : String(error)),
  };
}

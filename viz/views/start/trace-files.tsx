import type { JSX } from 'preact';
import { fileNameOf, missingFiles } from '../../worker/run/given-files.ts';
import { traceShelf } from '../../worker/trace-shelf.ts';
import { useListened } from './use-listened.ts';

/** Takes the files that a scenario reads, which a page cannot find by their paths. */
export function TraceFiles({ paths }: { readonly paths: readonly string[] }): JSX.Element | null {
  useListened(traceShelf);
  if (paths.length === 0) return null;
  const missing = missingFiles(paths, traceShelf.files);
  const take = (files: FileList | null | undefined): void =>
    traceShelf.put([...(files ?? [])].map((file) => ({ name: file.name, blob: file })));
  const names = [...new Set(paths.map(fileNameOf))];
  return (
    <fieldset
      class="trace-files"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        take(event.dataTransfer?.files);
      }}
    >
      <legend>Files</legend>
      <p>
        This scenario reads {names.length === 1 ? 'a file' : `${names.length} files`}, which you have to give
        to the page (nothing is sent anywhere):
      </p>
      <ul>
        {names.map((name) => (
          <li key={name}>
            {missing.includes(name) ? 'missing' : 'here'}: <code>{name}</code>
          </li>
        ))}
      </ul>
      <label>
        Choose, or drop here{' '}
        <input type="file" multiple onChange={({ currentTarget }) => take(currentTarget.files)} />
      </label>
    </fieldset>
  );
}

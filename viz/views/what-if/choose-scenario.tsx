import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useApp, useAppState } from '../../app/context.ts';
import { askDesk } from '../../worker/client.ts';
import type { CatalogueEntry } from '../../worker/desk/catalogue.ts';

/** Which scenario is changed: that of the run that is open, or one of the catalogue, or a file. */
export function ChooseScenario(): JSX.Element {
  const app = useApp();
  const current = useAppState((state) => state.whatIf);
  const [entries, setEntries] = useState<readonly CatalogueEntry[]>([]);
  const [chosen, choose] = useState('');
  useEffect(() => {
    askDesk<'catalogue'>({ ask: 'catalogue' }).then(setEntries, () => setEntries([]));
  }, []);
  const begin = (reference: string, text: string, runId: number | null): void =>
    app.store.change(`what if ${reference}`, (draft) => {
      draft.whatIf = { reference, before: text, text, runId };
    });
  const failed = (error: unknown): void =>
    app.say(error instanceof Error ? error.message : String(error), 'problem');
  return (
    <div class="choose">
      {app.runs.map((run) => (
        <button
          type="button"
          key={run.id}
          aria-pressed={current?.runId === run.id}
          onClick={() =>
            void askDesk<'text-of-run'>({
              ask: 'text-of-run',
              document: run.player.file.outline.header.scenario,
            }).then(({ text, reference }) => begin(reference, text, run.id), failed)
          }
        >
          Change the scenario of {run.name}
        </button>
      ))}
      <label>
        {app.runs.length > 0 ? 'or one of the catalogue' : 'A scenario of the catalogue'}{' '}
        <select value={chosen} onChange={({ currentTarget }) => choose(currentTarget.value)}>
          <option value="">choose …</option>
          {entries.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        disabled={chosen === ''}
        onClick={() =>
          void askDesk<'catalogue-text'>({ ask: 'catalogue-text', name: chosen }).then(
            (text) => begin(chosen, text, null),
            failed,
          )
        }
      >
        Change it
      </button>
      <label>
        or a scenario file{' '}
        <input
          type="file"
          accept=".yaml,.yml,.json"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file !== undefined) void file.text().then((text) => begin(file.name, text, null), failed);
          }}
        />
      </label>
    </div>
  );
}

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Change } from '../../worker/desk/changes.ts';
import { CopyLine } from '../start/copy-line.tsx';
import { isVariantName, variantText } from './variant-text.ts';

interface ChangesPanelProps {
  readonly changes: readonly Change[];
  readonly command: string;
  /** The name of the scenario, and its text, for files. */
  readonly name: string;
  readonly text: string;
  readonly before: string;
  /** What the command line calls the scenario as it was. */
  readonly reference: string;
  onTakeBack(change: Change): void;
}

/** What is different, with a way back for each, and ways to take it along. */
export function ChangesPanel(props: ChangesPanelProps): JSX.Element {
  const { changes, command, name, text, before, reference, onTakeBack } = props;
  const [variant, setVariant] = useState('changed');
  const isName = isVariantName(variant);
  const section = variantText(isName ? variant : 'changed', changes);
  return (
    <section aria-labelledby="what-if-changes">
      <h2 id="what-if-changes">Changes</h2>
      {changes.length === 0 && (
        <p>Nothing is changed yet: answer a question of the form, or edit the YAML.</p>
      )}
      {changes.length > 0 && (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Where</th>
                <th scope="col">Was</th>
                <th scope="col">Is</th>
                <th scope="col">
                  <span class="sr-only">Undo</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {changes.map((change) => (
                <tr key={change.place}>
                  <th scope="row">
                    <code>{change.place}</code>
                  </th>
                  <td>
                    <Value text={change.before} />
                  </td>
                  <td>
                    <Value text={change.after} />
                  </td>
                  <td>
                    <button
                      type="button"
                      aria-label={`Take back the change of ${change.place}`}
                      onClick={() => onTakeBack(change)}
                    >
                      Take back
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <h3>The same at a terminal</h3>
      <CopyLine text={command} what="the command that does the same" />
      {reference.endsWith('.yaml') && (
        <p>
          <code>{reference}</code> is the scenario as it was:{' '}
          <SaveButton file={reference} text={before} says={`Save ${reference}`} />
        </p>
      )}
      <h3>Take it along</h3>
      <p class="take-along">
        <SaveButton file={`${name}-changed.yaml`} text={text} says="Save the whole scenario" />
        <label>
          Name of the variant{' '}
          <input
            value={variant}
            aria-invalid={!isName}
            onInput={({ currentTarget }) => setVariant(currentTarget.value)}
          />
        </label>
        <SaveButton
          file={`${isName ? variant : 'changed'}.what-if.yaml`}
          text={section}
          says="Save as a variant"
          isOff={!isName || changes.length === 0}
        />
      </p>
      {!isName && (
        <p class="wrong">
          A name has letters, digits, dots, dashes or underscores, and begins with a letter or a digit.
        </p>
      )}
      {changes.length > 0 && (
        <details>
          <summary>The section whatIf, to put into the scenario for slicewise compare</summary>
          <CopyLine text={section} what="the section whatIf" />
        </details>
      )}
    </section>
  );
}

/** Values are shown up to so many characters. */
const LONGEST_VALUE = 200;

function Value({ text }: { readonly text: string | undefined }): JSX.Element {
  if (text === undefined) return <span class="soft">not stated</span>;
  return <code>{text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text}</code>;
}

interface SaveButtonProps {
  readonly file: string;
  readonly text: string;
  readonly says: string;
  readonly isOff?: boolean;
}

function SaveButton({ file, text, says, isOff = false }: SaveButtonProps): JSX.Element {
  const save = (): void => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
    link.download = file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  return (
    <button type="button" disabled={isOff} onClick={save}>
      {says}
    </button>
  );
}

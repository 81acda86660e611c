import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type KeyGroup, keyTable } from './keys.ts';

const KEY_TEXT: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
};

function KeyName({ name }: { name: string }): JSX.Element {
  const parts = name === '+' ? [name] : name.split(/\+(?=.)/);
  return (
    <>
      {parts.map((part, i) => (
        <>
          {i > 0 && '+'}
          <kbd>{KEY_TEXT[part] ?? (/^\p{L}$/u.test(part) ? part.toUpperCase() : part)}</kbd>
        </>
      ))}
    </>
  );
}

/** All keys that work now, over the page. */
export function KeySheet({ isOpen, close }: { isOpen: boolean; close(): void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [areOn, setOn] = useState(keyTable.areSinglesOn);
  // Before the next paint: an emptied sheet that is still open would swallow keys.
  useLayoutEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  // Two maps that are compared have the same keys.
  const groups = isOpen ? [...new Map(keyTable.groups.map((group) => [group.title, group])).values()] : [];
  return (
    <dialog ref={dialog} class="key-sheet" aria-labelledby="key-sheet-title" onClose={close}>
      {isOpen && (
        <>
          <div class="key-sheet-head">
            <h2 id="key-sheet-title">Keys</h2>
            <button type="button" onClick={close}>
              Close
            </button>
          </div>
          <label>
            <input
              type="checkbox"
              checked={areOn}
              onChange={({ currentTarget }) => {
                keyTable.areSinglesOn = currentTarget.checked;
                setOn(currentTarget.checked);
              }}
            />{' '}
            Keys without Ctrl are on
          </label>
          {groups.map((group) => (
            <GroupTable key={group.title} group={group} />
          ))}
        </>
      )}
    </dialog>
  );
}

function GroupTable({ group: { title, bindings } }: { group: KeyGroup }): JSX.Element {
  return (
    <table>
      <caption>{title}</caption>
      <thead class="sr-only">
        <tr>
          <th scope="col">Key</th>
          <th scope="col">What it does</th>
        </tr>
      </thead>
      <tbody>
        {bindings.map(({ keys, does }) => (
          <tr key={does}>
            <th scope="row">
              {keys.map((name, i) => (
                <>
                  {i > 0 && ' or '}
                  <KeyName name={name} />
                </>
              ))}
            </th>
            <td>{does}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

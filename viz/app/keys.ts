import { useEffect, useRef } from 'preact/hooks';

/** What a key does. */
export interface Binding {
  /**
   * Keys that do it, named as `KeyboardEvent.key` does, the space bar as `Space`; with `Ctrl+` (also the command key of a
   * Mac) or, for letters and named keys, `Shift+` before it.
   */
  readonly keys: readonly string[];
  /** What it does, as an order: `Play or pause`. */
  readonly does: string;
  /** Absent: the part of the page that has the focus does it by itself, and this is for the sheet of keys alone. */
  readonly run?: () => void;
}

/** Keys of one part of the page. */
export interface KeyGroup {
  readonly title: string;
  readonly bindings: readonly Binding[];
}

/** The table of all keys that work now; those of a view that came later go before those of the page. */
export class KeyTable {
  readonly #groups: (() => KeyGroup)[] = [];
  /** Whether keys without Ctrl work: who speaks to the machine, or types by accident, can turn them off. */
  areSinglesOn = true;

  get groups(): readonly KeyGroup[] {
    return this.#groups.map((group) => group());
  }

  /** @returns takes the group out again */
  add(group: () => KeyGroup): () => void {
    this.#groups.push(group);
    return () => {
      const at = this.#groups.indexOf(group);
      if (at >= 0) this.#groups.splice(at, 1);
    };
  }

  /** What a key would do now. */
  bindingOf(key: string): Binding | undefined {
    if (!this.areSinglesOn && key !== 'Escape' && !key.startsWith('Ctrl+')) return undefined;
    for (const { bindings } of this.groups.toReversed()) {
      const found = bindings.find(({ keys, run }) => run !== undefined && keys.includes(key));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** The keys of the page. */
export const keyTable = new KeyTable();

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey'>;

/** The name of what was pressed, as bindings name it. */
export function keyName({ key, ctrlKey, metaKey, shiftKey }: Pressed): string {
  const isLetter = /^\p{L}$/u.test(key);
  const name = key === ' ' ? 'Space' : isLetter ? key.toLowerCase() : key;
  // Signs such as `?` need the shift key on some keyboards and not on others.
  const shift = shiftKey && (isLetter || name.length > 1) ? 'Shift+' : '';
  return `${ctrlKey || metaKey ? 'Ctrl+' : ''}${shift}${name}`;
}

/** Where keys mean something of their own. */
const TYPED_INTO =
  'input:not([type=checkbox], [type=radio], [type=button]), select, textarea, [contenteditable]';
const PRESSED = 'button, summary, a[href], [role=button], input';

/** Whether an element needs a key for itself. */
function isTaken(target: EventTarget | null, name: string): boolean {
  if (!(target instanceof Element)) return false;
  if (name === 'Escape') return false;
  if (target.closest(TYPED_INTO) !== null) return true;
  return (name === 'Space' || name === 'Enter') && target.closest(PRESSED) !== null;
}

/** Does what the table says when keys are pressed, unless a part of the page has done something with them already. */
export function listenToKeys(table: KeyTable): () => void {
  const press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey || event.isComposing) return;
    // Over a dialog, the keys of the page behind it do nothing.
    if (document.querySelector('dialog:modal') !== null) return;
    const name = keyName(event);
    if (isTaken(event.target, name)) return;
    const binding = table.bindingOf(name);
    if (binding === undefined) return;
    event.preventDefault();
    binding.run?.();
  };
  document.addEventListener('keydown', press);
  return () => document.removeEventListener('keydown', press);
}

/** Keys that work while a part of the page is there. */
export function useKeys(title: string, bindings: readonly Binding[]): void {
  const now = useRef({ title, bindings });
  now.current = { title, bindings };
  useEffect(() => keyTable.add(() => now.current), []);
}

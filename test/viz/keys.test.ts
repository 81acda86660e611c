import { expect, test } from 'vitest';
import { KeyTable, keyName } from '../../viz/app/keys.ts';

const pressed = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey', boolean>> = {}) =>
  keyName({ key, ctrlKey: false, metaKey: false, shiftKey: false, ...held });

test('keys are named the same on every keyboard', () => {
  expect(pressed('z')).toBe('z');
  expect(pressed('Z', { shiftKey: true })).toBe('Shift+z');
  // Caps lock.
  expect(pressed('Z')).toBe('z');
  expect(pressed('z', { ctrlKey: true })).toBe('Ctrl+z');
  expect(pressed('Z', { metaKey: true, shiftKey: true })).toBe('Ctrl+Shift+z');
  expect(pressed('?', { shiftKey: true })).toBe('?');
  expect(pressed(' ')).toBe('Space');
  expect(pressed('ArrowLeft', { shiftKey: true })).toBe('Shift+ArrowLeft');
});

test('what came later goes first, and goes away again', () => {
  const table = new KeyTable();
  const done: string[] = [];
  const group = (title: string, keys: readonly string[]) => () => ({
    title,
    bindings: [{ keys, does: title, run: () => void done.push(title) }],
  });
  table.add(group('page', ['a', 'b']));
  const remove = table.add(group('view', ['a']));
  table.bindingOf('a')?.run?.();
  table.bindingOf('b')?.run?.();
  remove();
  table.bindingOf('a')?.run?.();
  expect(done).toEqual(['view', 'page', 'page']);
  expect(table.bindingOf('c')).toBeUndefined();
});

test('a key that is there for the sheet alone is left to the part that has the focus', () => {
  const table = new KeyTable();
  table.add(() => ({ title: 'page', bindings: [{ keys: ['a'], does: 'page', run: () => undefined }] }));
  table.add(() => ({ title: 'map', bindings: [{ keys: ['a'], does: 'map' }] }));
  expect(table.bindingOf('a')?.does).toBe('page');
});

test('keys without Ctrl can be turned off, all but Escape', () => {
  const table = new KeyTable();
  const keys = ['a', 'Space', 'Ctrl+z', 'Escape'];
  table.add(() => ({ title: 'page', bindings: [{ keys, does: 'page', run: () => undefined }] }));
  table.areSinglesOn = false;
  expect(keys.filter((key) => table.bindingOf(key) !== undefined)).toEqual(['Ctrl+z', 'Escape']);
});

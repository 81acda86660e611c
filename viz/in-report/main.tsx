import { render } from 'preact';
import { createApp } from '../app/app.tsx';
import { FIRST_STATE, THEMES, type Theme } from '../state/app-state.ts';
import { Store } from '../state/store.ts';
import '../theme.css';

/** What the report hands over once the viewer has said that it is there. */
interface Handed {
  readonly replay: Blob;
  readonly name: string;
  readonly theme: string;
}

function isHanded(data: unknown): data is Handed {
  const { replay, name } = (data ?? {}) as Partial<Handed>;
  return replay instanceof Blob && typeof name === 'string';
}

// The report is another origin, or none, where it was opened from a file: it is known by its window.
addEventListener('message', function open({ source, data }: MessageEvent<unknown>): void {
  const root = document.getElementById('app');
  if (source !== parent || !isHanded(data) || root === null) return;
  removeEventListener('message', open);
  const theme = THEMES.find((each): each is Theme => each === data.theme) ?? 'auto';
  const store = new Store({ ...FIRST_STATE, theme });
  render(createApp(store, [{ source: data.replay, name: data.name }]), root);
});
parent.postMessage('slicewise viewer', '*');

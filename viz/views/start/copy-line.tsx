import type { JSX } from 'preact';
import { useApp } from '../../app/context.ts';

/** A line for the terminal, with a button that copies it. */
export function CopyLine({ text, what }: { readonly text: string; readonly what: string }): JSX.Element {
  const app = useApp();
  return (
    <div class="copy-line">
      <pre>{text}</pre>
      <button
        type="button"
        aria-label={`Copy ${what}`}
        onClick={() =>
          void navigator.clipboard
            .writeText(text)
            .then(() => app.say('Copied'))
            .catch(() =>
              app.say('The browser does not let the page copy: select the text and copy it', 'problem'),
            )
        }
      >
        Copy
      </button>
    </div>
  );
}

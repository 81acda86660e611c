import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

export interface Message {
  readonly text: string;
  readonly kind: 'note' | 'problem';
}

const listeners = new Set<(message: Message) => void>();

/** Shows a message at the foot of the page, and reads it out. */
export function tell(message: Message): void {
  for (const listener of listeners) listener(message);
}

/** How long a note stays; a problem stays until it is closed. */
const NOTE_MS = 6000;
/** Problems that are shown at a time: the last ones. */
const MOST_PROBLEMS = 3;

/** Notes and problems each have a place that is always there: what appears in it is read out. */
export function Messages(): JSX.Element {
  const [note, setNote] = useState<string | undefined>(undefined);
  const [problems, setProblems] = useState<readonly string[]>([]);
  useEffect(() => {
    const show = ({ text, kind }: Message): void => {
      if (kind === 'note') setNote(text);
      else setProblems((shown) => [...shown.filter((each) => each !== text), text].slice(-MOST_PROBLEMS));
    };
    listeners.add(show);
    return () => void listeners.delete(show);
  }, []);
  useEffect(() => {
    if (note === undefined) return undefined;
    const timer = setTimeout(() => setNote(undefined), NOTE_MS);
    return () => clearTimeout(timer);
  }, [note]);
  return (
    <div class="messages">
      <div role="alert">
        {problems.map((text) => (
          <p class="message problem" key={text}>
            {text}
            <button
              type="button"
              onClick={() => setProblems((shown) => shown.filter((each) => each !== text))}
            >
              Close
            </button>
          </p>
        ))}
      </div>
      <div role="status">
        {note !== undefined && (
          <p class="message note">
            {note}
            <button type="button" onClick={() => setNote(undefined)}>
              Close
            </button>
          </p>
        )}
      </div>
    </div>
  );
}

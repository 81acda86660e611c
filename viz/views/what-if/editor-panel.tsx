import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { askDesk } from '../../worker/client.ts';
import type { Problem } from '../../worker/desk/problem.ts';
import type { YamlEditor } from './yaml-editor.ts';

interface EditorPanelProps {
  readonly text: string;
  readonly problems: readonly Problem[];
  /** Where to go: another object goes there again. */
  readonly place: { readonly line: number; readonly column: number } | undefined;
  onChange(text: string): void;
  onRun(): void;
}

/** The scenario as YAML. The editor is loaded when it is first needed; where it cannot be, a plain field does. */
export function EditorPanel({ text, problems, place, onChange, onRun }: EditorPanelProps): JSX.Element {
  const parent = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<YamlEditor | undefined>(undefined);
  const [isPlain, setPlain] = useState(false);
  const told = useRef({ onChange, onRun, text });
  told.current = { onChange, onRun, text };
  useEffect(() => {
    let made: YamlEditor | undefined;
    let isGone = false;
    import('./yaml-editor.ts').then(
      ({ createYamlEditor }) => {
        if (isGone || parent.current === null) return;
        made = createYamlEditor({
          parent: parent.current,
          text: told.current.text,
          label: 'Scenario as YAML',
          onChange: (changed) => told.current.onChange(changed),
          onRun: () => told.current.onRun(),
          complete: (whole, offset) => askDesk<'complete'>({ ask: 'complete', text: whole, offset }),
        });
        setEditor(made);
      },
      () => setPlain(true),
    );
    return () => {
      isGone = true;
      made?.destroy();
    };
  }, []);
  useEffect(() => editor?.setText(text), [editor, text]);
  useEffect(() => editor?.setProblems(problems), [editor, problems]);
  useEffect(() => {
    if (place !== undefined) editor?.goTo(place.line, place.column);
  }, [editor, place]);
  return (
    <div class="yaml">
      {isPlain ? (
        <textarea
          aria-label="Scenario as YAML"
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      ) : (
        <div ref={parent} class="yaml-editor" />
      )}
      <p class="soft">Ctrl+Space completes, Ctrl+Enter runs. Tab leaves the editor.</p>
    </div>
  );
}

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useApp, useAppState } from '../../app/context.ts';
import { askDesk } from '../../worker/client.ts';
import type { Change } from '../../worker/desk/changes.ts';
import type { FormField } from '../../worker/desk/form-fields.ts';
import type { Look } from '../../worker/desk/look.ts';
import { problemText } from '../../worker/desk/problem.ts';
import { RunStatus } from '../start/run-status.tsx';
import { TraceFiles } from '../start/trace-files.tsx';
import { ChangesPanel } from './changes-panel.tsx';
import { ChooseScenario } from './choose-scenario.tsx';
import { EditorPanel } from './editor-panel.tsx';
import { Form } from './form.tsx';
import { RunPanel } from './run-panel.tsx';
import './what-if.css';

/** How long the editor is left alone before the page takes what was written. */
const PAUSE_MS = 350;

/** A scenario changed by a form or as YAML, and run beside the one that it was. */
export function WhatIfView(): JSX.Element {
  const whatIf = useAppState((state) => state.whatIf);
  return (
    <div class="what-if">
      <h1>What if …</h1>
      <ChooseScenario />
      {whatIf === null ? (
        <p>
          Choose a scenario to change: another policy, more hosts, another GPU, a heavier load. It runs here,
          and the result opens beside the run it is compared with.
        </p>
      ) : (
        <Changing key={`${whatIf.reference} ${whatIf.runId}`} />
      )}
    </div>
  );
}

/** The scenario that was chosen. */
function Changing(): JSX.Element | null {
  const app = useApp();
  const whatIf = useAppState((state) => state.whatIf);
  const [look, setLook] = useState<Look | undefined>(undefined);
  const [place, setPlace] = useState<{ line: number; column: number } | undefined>(undefined);
  const written = useRef<{ timer: ReturnType<typeof setTimeout>; text: string } | undefined>(undefined);
  const { before = '', text = '', reference = '' } = whatIf ?? {};
  useEffect(() => {
    let isStale = false;
    askDesk<'look'>({ ask: 'look', before, text, reference }).then(
      (found) => {
        if (!isStale) setLook(found);
      },
      (error: unknown) => app.say(error instanceof Error ? error.message : String(error), 'problem'),
    );
    return () => {
      isStale = true;
    };
  }, [before, text, reference]);

  const become = (title: string, changed: string): void =>
    app.store.change(title, (draft) => {
      if (draft.whatIf !== null) draft.whatIf.text = changed;
    });
  /** Takes at once what was written last. */
  const settle = (): string => {
    const last = written.current;
    written.current = undefined;
    if (last === undefined) return app.store.state.whatIf?.text ?? '';
    clearTimeout(last.timer);
    become('edit of the YAML', last.text);
    return last.text;
  };
  useEffect(() => () => void settle(), []);
  const onWritten = (changed: string): void => {
    clearTimeout(written.current?.timer);
    written.current = { timer: setTimeout(settle, PAUSE_MS), text: changed };
  };
  const failed = (error: unknown): void =>
    app.say(error instanceof Error ? error.message : String(error), 'problem');
  const onForm = ({ path, place: where }: FormField, value: string): void => {
    askDesk<'edit'>({ ask: 'edit', text: settle(), path, value }).then(
      (changed) => become(value === '' ? `${where} not stated` : `${where} = ${value}`, changed),
      failed,
    );
  };
  const onTakeBack = ({ path, place: where }: Change): void => {
    askDesk<'take-back'>({ ask: 'take-back', before, text: settle(), path }).then(
      (changed) => become(`${where} as it was`, changed),
      failed,
    );
  };
  const runNow = useRef<() => void>(() => undefined);
  if (whatIf === null) return null;
  const problems = look?.problems ?? [];
  return (
    <>
      <div class="edit">
        {look !== undefined && look.groups.length > 0 && (
          <Form
            groups={look.groups}
            problems={problems}
            changed={new Set(look.changes.map((change) => change.place))}
            onChange={onForm}
          />
        )}
        <div class="as-text">
          <EditorPanel
            text={text}
            problems={problems}
            place={place}
            onChange={onWritten}
            onRun={() => runNow.current()}
          />
          {problems.length > 0 && (
            <section aria-label="Problems" role="status">
              <h2>{problems.length === 1 ? 'One problem' : `${problems.length} problems`}</h2>
              <ul class="problems">
                {problems.slice(0, 50).map((problem) => (
                  <li key={`${problem.path} ${problem.message} ${problem.line}`}>
                    {problem.line === undefined ? (
                      problemText(problem)
                    ) : (
                      <button
                        type="button"
                        onClick={() => setPlace({ line: problem.line ?? 1, column: problem.column ?? 1 })}
                      >
                        Line {problem.line}: {problemText(problem)}
                      </button>
                    )}
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
      </div>
      {look !== undefined && (
        <>
          <TraceFiles paths={look.files} />
          <RunPanel look={look} whatIf={whatIf} settle={settle} runNow={runNow} />
          <RunStatus />
          <ChangesPanel
            changes={look.changes}
            command={look.command}
            name={look.name}
            text={text}
            before={before}
            reference={reference}
            onTakeBack={onTakeBack}
          />
        </>
      )}
    </>
  );
}

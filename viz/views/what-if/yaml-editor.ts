import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from '@codemirror/autocomplete';
import { history, historyKeymap, standardKeymap } from '@codemirror/commands';
import { indentService, indentUnit } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { Annotation, EditorState } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  keymap,
  lineNumbers,
  ViewPlugin,
} from '@codemirror/view';
import type { Completion } from '../../worker/desk/completion.ts';
import { type Problem, problemText } from '../../worker/desk/problem.ts';
import { type YamlTokenKind, yamlTokens } from './yaml-tokens.ts';

export interface YamlEditor {
  readonly text: string;
  /** Puts another text in; nobody is told. */
  setText(text: string): void;
  setProblems(problems: readonly Problem[]): void;
  /** Goes to a place of the text, from 1. */
  goTo(line: number, column: number): void;
  destroy(): void;
}

export interface YamlEditorOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly label: string;
  onChange(text: string): void;
  /** Told with Ctrl+Enter. */
  onRun(): void;
  complete(text: string, offset: number): Promise<{ from: number; items: readonly Completion[] }>;
}

/** Marks what the page itself put in. */
const fromPage = Annotation.define<boolean>();

const MARKS: Readonly<Record<YamlTokenKind, Decoration>> = {
  key: Decoration.mark({ class: 'cm-yaml-key' }),
  text: Decoration.mark({ class: 'cm-yaml-text' }),
  number: Decoration.mark({ class: 'cm-yaml-number' }),
  word: Decoration.mark({ class: 'cm-yaml-number' }),
  comment: Decoration.mark({ class: 'cm-yaml-comment' }),
};

/** Colours YAML by looking at it line by line: a grammar of its own would be as large as the rest of the page's editor. */
const colours = ViewPlugin.define(
  (view) => {
    const marksOf = (state: EditorState): DecorationSet =>
      Decoration.set(
        yamlTokens(state.doc.toString()).map(({ from, to, kind }) => MARKS[kind].range(from, to)),
      );
    return {
      marks: marksOf(view.state),
      update({ docChanged, state }) {
        if (docChanged) this.marks = marksOf(state);
      },
    };
  },
  { decorations: ({ marks }) => marks },
);

/** A new line begins where the one before did, and deeper after a key whose value is still to come. */
const indentation = indentService.of((context, at) => {
  const { text } = context.lineAt(at, -1);
  const before = text.length - text.trimStart().length;
  return /:\s*(?:[|>][-+]?\s*)?(?:#.*)?$/.test(text) ? before + context.unit : before;
});

const LOOK = EditorView.theme({
  '&': { height: '100%', border: '1px solid var(--line)', borderRadius: '4px', background: 'var(--paper)' },
  '&.cm-focused': { outline: '2px solid var(--accent)' },
  '.cm-scroller': { fontFamily: 'ui-monospace, monospace', fontSize: '13px', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-gutters': { background: 'var(--panel)', color: 'var(--soft)', borderRight: '1px solid var(--line)' },
  '.cm-tooltip': { background: 'var(--panel)', color: 'var(--ink)', border: '1px solid var(--line)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    background: 'var(--accent)',
    color: 'var(--accent-ink)',
  },
  '.cm-completionInfo': { maxWidth: '24rem' },
  '.cm-yaml-key': { color: 'var(--accent)' },
  '.cm-yaml-text': { color: 'var(--good)' },
  '.cm-yaml-number': { color: 'var(--warn)' },
  '.cm-yaml-comment': { color: 'var(--soft)', fontStyle: 'italic' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
});

/** An editor for YAML with line numbers, completion and marks where something is wrong. Tab leaves it, as everywhere. */
export function createYamlEditor(options: YamlEditorOptions): YamlEditor {
  const source = async (context: CompletionContext): Promise<CompletionResult | null> => {
    const word = context.matchBefore(/[\w.%/-]+/);
    if (word === null && !context.explicit) return null;
    const { from, items } = await options.complete(context.state.doc.toString(), context.pos);
    if (context.aborted || items.length === 0) return null;
    return {
      from,
      options: items.map(({ label, text, kind, help }) => ({
        label,
        apply: text,
        type: kind === 'key' ? 'property' : 'constant',
        ...(help === '' ? {} : { info: help }),
      })),
      validFor: /^[\w.%/-]*$/,
    };
  };
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        indentUnit.of('  '),
        indentation,
        colours,
        autocompletion({ override: [source] }),
        keymap.of([
          {
            key: 'Mod-Enter',
            run: () => {
              options.onRun();
              return true;
            },
          },
          ...completionKeymap,
          ...lintKeymap,
          ...historyKeymap,
          ...standardKeymap,
        ]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': options.label, tabindex: '0' }),
        LOOK,
        EditorView.updateListener.of(({ docChanged, transactions, state }) => {
          if (!docChanged || transactions.some((each) => each.annotation(fromPage) === true)) return;
          options.onChange(state.doc.toString());
        }),
      ],
    }),
  });
  const placeOf = (line: number, column: number): number => {
    const { doc } = view.state;
    const at = doc.line(Math.min(Math.max(1, line), doc.lines));
    return Math.min(at.from + column - 1, at.to);
  };
  return {
    get text() {
      return view.state.doc.toString();
    },
    setText(text) {
      const old = view.state.doc.toString();
      if (old === text) return;
      view.dispatch({ changes: difference(old, text), annotations: fromPage.of(true) });
    },
    setProblems(problems) {
      const marks = problems.map((problem): Diagnostic => {
        const from = placeOf(problem.line ?? 1, problem.column ?? 1);
        const word = /^[^\s:,{}[\]]+/.exec(view.state.doc.sliceString(from, from + 80))?.[0] ?? '';
        return { from, to: from + word.length, severity: 'error', message: problemText(problem) };
      });
      view.dispatch(
        setDiagnostics(
          view.state,
          marks.sort((a, b) => a.from - b.from),
        ),
      );
    },
    goTo(line, column) {
      const anchor = placeOf(line, column);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}

/** The part in which two texts differ, so that the cursor elsewhere stays where it is. */
function difference(old: string, text: string): { from: number; to: number; insert: string } {
  const most = Math.min(old.length, text.length);
  let start = 0;
  while (start < most && old[start] === text[start]) start += 1;
  let end = 0;
  while (end < most - start && old[old.length - 1 - end] === text[text.length - 1 - end]) end += 1;
  return { from: start, to: old.length - end, insert: text.slice(start, text.length - end) };
}

import { name } from '../document/blocks.ts';
import type { SectionKind } from './section.ts';
import { ofEach } from './side-by-side.ts';

/** What the reader must know before using the numbers. */
export const notesSection: SectionKind = {
  id: 'notes',
  title: 'Notes',
  build: ({ runs }) =>
    ofEach(runs, ({ result }) =>
      result.notes.length === 0 ? [] : [{ kind: 'list', items: result.notes.map((note) => [name(note)]) }],
    ),
};

import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { printable } from '../../sim/report/format.ts';
import { tableCsv } from '../../sim/report/tables/csv.ts';
import { dataTables } from '../../sim/report/tables/index.ts';
import { htmlOf, markdownOf, reported } from './build-report.ts';
import { PLAIN_WORDS, richResult, type Words } from './rich-result.ts';

const ATTACKS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</title></style></svg></bdi><b>',
  '<!--',
  ']]>',
  '&lt;b&gt;&amp;',
  '=cmd()|calc',
  '+1-1',
  '@SUM(A1)',
  '-2+3',
  'a|b',
  '\\|c\\',
  '`tick` ``two``',
  '[link](https://evil.example/x)',
  '![p](//evil.example)',
  'https://evil.example www.evil.example a@evil.example @somebody #12',
  '**bold** _it_ ~~no~~ $x$',
  '\u001b[31mred\u0000\u0007',
  '\u202Eright to left\u2066',
  'שלום العربية',
  'line\nbreak\r\n# heading\n- item',
  '<details>',
  'x'.repeat(400),
  '{{x}} <%= z %>',
] as const;

/** Begins with a mark of its own, so that no two words are one and none is empty. */
const word = (mark: string) =>
  fc
    .array(fc.oneof(fc.constantFrom(...ATTACKS), fc.string({ unit: 'binary', maxLength: 12 })), {
      maxLength: 3,
    })
    .map((parts) => mark + parts.join(''));
/** Attacks at the very start, where spreadsheets and lists look. */
const first = fc.tuple(fc.constantFrom(...ATTACKS), word('t')).map(([attack, rest]) => attack + rest);

const words: fc.Arbitrary<Words> = fc.record({
  scenario: first,
  // Its lines are paragraphs: that is no attack.
  description: word('d').map((text) => text.replace(/[\r\n]+/g, ' ')),
  pool: word('p'),
  model: word('m'),
  className: word('c'),
  service: word('s'),
  session: word('e'),
  tenant: word('n'),
  text: first,
  path: word('f'),
});

/** Tags of a page in order, with their attributes but not what stands in them. */
function skeleton(html: string): readonly string[] {
  const { document } = parseHTML(html);
  return [...document.querySelectorAll('*')].map(
    (element) =>
      `${element.localName} ${[...element.attributes]
        .map(({ name }) => name)
        .sort()
        .join(' ')}`,
  );
}

describe('names from outside stay text', () => {
  test('in HTML: the elements and attributes of the page do not depend on what things are called', () => {
    const plain = skeleton(htmlOf(richResult(PLAIN_WORDS)));
    expect(plain.length).toBeGreaterThan(1000);
    fc.assert(
      fc.property(words, (w) => {
        const html = htmlOf(richResult(w));
        expect(skeleton(html)).toEqual(plain);
        const { document } = parseHTML(html);
        expect(document.querySelector('h1')?.textContent).toBe(printable(w.scenario));
        expect(document.querySelector('#question p')?.textContent).toBe(printable(w.description));
        for (const link of document.querySelectorAll('a'))
          expect(link.getAttribute('href')).toMatch(/^#[\w-]+$/);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
        expect(html).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066\u2067]/);
      }),
      { numRuns: 12 },
    );
  });

  test('in Markdown: the lines, cells and tags do not depend on what things are called', () => {
    const plain = markdownOf(richResult(PLAIN_WORDS));
    fc.assert(
      fc.property(words, (w) => {
        const markdown = markdownOf(richResult(w));
        const lines = outsideFences(markdown);
        expect(lines.map(cells)).toEqual(outsideFences(plain).map(cells));
        for (const line of lines) {
          const tags = line.replace(/\\./g, '').match(/<[^>]*>?/g) ?? [];
          for (const tag of tags) expect(tag).toMatch(/^<\/?(details|summary|span|code)>$/);
          const bare = line.replace(/\\./g, '').replace(/`[^`]*`/g, '');
          expect(bare).not.toMatch(/:\/\/|www\.|@[\w-]|[`[\]]|!\[/);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('in CSV: every cell reads back as its text, and none is a formula', () => {
    fc.assert(
      fc.property(words, (w) => {
        for (const table of dataTables([reported(richResult(w))])) {
          const read = parse(tableCsv(table), { relaxColumnCount: false }) as string[][];
          expect(read[0]).toEqual(table.columns.map(({ name }) => name));
          expect(read.length).toBe(table.rows.length + 1);
          for (const [at, row] of table.rows.entries()) {
            for (const [c, cell] of row.entries()) {
              const found = read[at + 1]?.[c] as string;
              if (typeof cell === 'number') expect(Number(found)).toBe(cell);
              else if (cell === null) expect(found).toBe('');
              else {
                expect(found).not.toMatch(/^[=+\-@\t\r]/);
                // biome-ignore lint/suspicious/noControlCharactersInRegex: they are left out
                const text = cell.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '');
                expect([text, `'${text}`]).toContain(found);
              }
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** Lines but those between fences, whose text is as it is. */
function outsideFences(markdown: string): readonly string[] {
  let fence: string | undefined;
  return markdown.split('\n').filter((line) => {
    const mark = /^(`{3,})$/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || fence === mark)) {
      fence = fence === undefined ? mark : undefined;
      return false;
    }
    return fence === undefined;
  });
}

/** What kind of line it is, and how many cells a table's line has: a bar counts unless a backslash stands before it. */
function cells(line: string): string {
  const kind = /^(#+ |> |- |\| |<details>|<\/details>)/.exec(line)?.[1] ?? (line === '' ? 'empty' : 'text');
  return `${kind}${kind === '| ' ? line.replace(/\\./g, '').split('|').length : ''}`;
}

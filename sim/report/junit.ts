import type { Comparison, ObjectiveResult } from '../experiment/compare/index.ts';
import { printable } from './format.ts';
import { outcomeText, VERDICT_WORD } from './objectives.ts';
import { wellFormed } from './well-formed.ts';

/** What was judged together: a variant of a comparison, or a run. */
export interface JudgedRun {
  readonly name: string;
  /** Where it comes from: a file, or a variant of one. */
  readonly source: string;
  readonly objectives: readonly ObjectiveResult[];
}

/** A comparison as JUnit XML: a suite for each variant. */
export function junitXml({ variants, isStrict }: Comparison): string {
  return junitSuites(variants, isStrict);
}

/**
 * Judged runs as JUnit XML: a suite for each, a case for each objective. What is undecided is skipped, or failed where
 * that is as good as failed; what could not be measured is an error.
 *
 * @param isStrict whether undecided is as good as failed
 * @see https://github.com/testmoapp/junitxml, what Jenkins, GitLab and GitHub actions read
 */
export function junitSuites(runs: readonly JudgedRun[], isStrict: boolean): string {
  const suites = runs.map(({ name, source, objectives }) => {
    const cases = objectives.map((result) => {
      const message = `${VERDICT_WORD[result.verdict]}: ${outcomeText(result)}`;
      const body = element(result.verdict, isStrict, message, printable(result.expect));
      const open = `    <testcase name="${xml(printable(result.name))}" classname="${xml(printable(name))}" time="0"`;
      return {
        verdict: result.verdict,
        text: body === '' ? `${open}/>` : `${open}>\n      ${body}\n    </testcase>`,
      };
    });
    const count = (...verdicts: readonly string[]) =>
      cases.filter(({ verdict }) => verdicts.includes(verdict)).length;
    const failures = count('fail') + (isStrict ? count('undecided') : 0);
    const skipped = isStrict ? 0 : count('undecided');
    const numbers = { tests: cases.length, failures, errors: count('not-measured'), skipped };
    return { numbers, text: suite(name, source, numbers, cases) };
  });
  const sum = (key: 'tests' | 'failures' | 'errors' | 'skipped') =>
    suites.reduce((total, { numbers }) => total + numbers[key], 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="slicewise" tests="${sum('tests')}" failures="${sum('failures')}" errors="${sum('errors')}" skipped="${sum('skipped')}" time="0">`,
    ...suites.map(({ text }) => text),
    '</testsuites>',
    '',
  ].join('\n');
}

type Numbers = Readonly<Record<'tests' | 'failures' | 'errors' | 'skipped', number>>;

function suite(
  name: string,
  source: string,
  numbers: Numbers,
  cases: readonly { readonly text: string }[],
): string {
  const { tests, failures, errors, skipped } = numbers;
  return [
    `  <testsuite name="${xml(printable(name))}" tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="0">`,
    `    <properties><property name="source" value="${xml(printable(source))}"/></properties>`,
    ...cases.map(({ text }) => text),
    '  </testsuite>',
  ].join('\n');
}

function element(verdict: string, isStrict: boolean, message: string, expect: string): string {
  if (verdict === 'pass') return `<system-out>${xml(message)}</system-out>`;
  if (verdict === 'undecided' && !isStrict) return `<skipped message="${xml(message)}"/>`;
  const name = verdict === 'not-measured' ? 'error' : 'failure';
  return `<${name} type="objective" message="${xml(message)}">${xml(`${expect}\n${message}`)}</${name}>`;
}

/** Text in XML 1.0, which has no way to write most control characters, half surrogates, U+FFFE and U+FFFF at all. */
function xml(text: string): string {
  return (
    wellFormed(text)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&apos;')
      .replaceAll('\n', '&#10;')
  );
}

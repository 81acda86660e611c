import type { Problem } from '../../errors.ts';

/** What a report is written as, in the order of the help. */
export const REPORT_FORMATS = ['html', 'md', 'csv', 'parquet', 'focus', 'junit'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Reads `html,md`; what is none goes to `problems`. */
export function readFormats(text: string, problems: Problem[]): readonly ReportFormat[] {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const isFormat = (word: string): word is ReportFormat =>
    (REPORT_FORMATS as readonly string[]).includes(word);
  const unknown = words.filter((word) => !isFormat(word));
  if (unknown.length > 0 || words.length === 0) {
    const got = unknown.length === 0 ? 'nothing' : unknown.map((word) => `"${word}"`).join(', ');
    problems.push({
      path: '--format',
      value: text,
      message: `must be some of ${REPORT_FORMATS.join(', ')}, got ${got}`,
    });
  }
  return [...new Set(words.filter(isFormat))];
}

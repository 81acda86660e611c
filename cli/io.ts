/** Where a command writes. Data goes to `out`, progress and notes to `err`. */
export interface CliIo {
  out(text: string): void;
  err(text: string): void;
  /** Whether `err` is a terminal: progress is drawn only then. */
  readonly isTty: boolean;
  /** Width of the terminal in columns; 100 when there is none. */
  readonly columns: number;
}

/** The process's own standard streams. */
export const processIo: CliIo = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTty: process.stderr.isTTY === true,
  columns: process.stderr.columns ?? 100,
};

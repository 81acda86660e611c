const NEWLINE = 10;

export interface FileLine {
  /** Without its newline. */
  readonly bytes: Uint8Array;
  /** From 1. */
  readonly line: number;
  /** The last of its file, which has no newline: a process was stopped while it wrote, or writes now. */
  readonly isOpen: boolean;
}

/** The lines of a stream, piece by piece as it comes. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<readonly FileLine[]> {
  const reader = stream.getReader();
  let rest: Uint8Array = new Uint8Array();
  let line = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const have = new Uint8Array(rest.length + part.value.length);
    have.set(rest);
    have.set(part.value, rest.length);
    const lines: FileLine[] = [];
    let from = 0;
    for (let end = have.indexOf(NEWLINE, rest.length); end >= 0; end = have.indexOf(NEWLINE, from)) {
      line += 1;
      lines.push({ bytes: have.subarray(from, end), line, isOpen: false });
      from = end + 1;
    }
    yield lines;
    rest = have.slice(from);
  }
  if (rest.length > 0) yield [{ bytes: rest, line: line + 1, isOpen: true }];
}

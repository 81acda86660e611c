/** Longest value of a Kubernetes label, and of a part of a name there. */
const LONGEST_LABEL = 63;
/** Longest name of most Kubernetes objects. */
const LONGEST_NAME = 253;

/**
 * Gives every text a name that fits a rule, the text itself where it does. Different texts get different names: where
 * two would be one, the later gets a number.
 */
export class NameTable {
  readonly #fit: (text: string) => string;
  readonly #longest: number;
  readonly #byKey = new Map<string, { readonly text: string; readonly name: string }>();
  readonly #taken = new Set<string>();

  constructor(fit: (text: string) => string, longest: number) {
    this.#fit = fit;
    this.#longest = longest;
  }

  /** @param key what has the name, where two things may be called by one text */
  of(text: string, key: string = text): string {
    const known = this.#byKey.get(key)?.name;
    if (known !== undefined) return known;
    const plain = this.#fit(text);
    let name = plain;
    for (let number = 2; this.#taken.has(name); number++) {
      const ending = `-${number}`;
      name = this.#fit(plain.slice(0, this.#longest - ending.length)) + ending;
    }
    this.#taken.add(name);
    this.#byKey.set(key, { text, name });
    return name;
  }

  /**
   * One note for each text whose name is not the text.
   *
   * @param isSaid whether what has a name, by its key, is worth a note (default: all are)
   */
  notes(what: string, isSaid: (key: string) => boolean = () => true): string[] {
    return [...this.#byKey]
      .filter(([key, { text, name }]) => text !== name && isSaid(key))
      .map(([, { text, name }]) => `${what} ${JSON.stringify(text)} is written ${JSON.stringify(name)}`);
  }
}

/** Values of Kubernetes labels: at most 63 letters, digits, `-`, `_`, `.`, a letter or digit at both ends. */
export function labelNames(): NameTable {
  return new NameTable(fitLabel, LONGEST_LABEL);
}

function fitLabel(text: string): string {
  return ended(text.replace(/[^A-Za-z0-9._-]/g, '-'), LONGEST_LABEL);
}

/**
 * Labels of all host groups of a fleet, by their names. Names that are labels stay as they are, whatever the order; so the
 * label of a group is the same in every file, with or without the others, and an import finds it again.
 */
export function groupLabels(groups: readonly { readonly name: string }[]): NameTable {
  const labels = labelNames();
  const names = groups.map(({ name }) => name);
  for (const name of names.filter((each) => fitLabel(each) === each)) labels.of(name);
  for (const name of names) labels.of(name);
  return labels;
}

/** Names of Kubernetes objects (RFC 1123 subdomains): lower case, parts between dots begin and end with a letter or digit. */
export function objectNames(longest: number = LONGEST_NAME): NameTable {
  const fit = (text: string) =>
    ended(
      text
        .toLowerCase()
        .replace(/[^a-z0-9.-]+/g, '-')
        .replace(/-*\.[.-]*/g, '.'),
      longest,
    );
  return new NameTable(fit, longest);
}

/** Cut to length, with a letter or digit at both ends. */
function ended(text: string, longest: number): string {
  const cut = text.replace(/^[^A-Za-z0-9]+/, '').slice(0, longest);
  return cut.replace(/[^A-Za-z0-9]+$/, '') || 'x';
}

/**
 * Shapes of a SARIF 2.1.0 log as far as ours has them: keys with their kinds, `!` for those that must be there.
 *
 * @see OASIS, SARIF Version 2.1.0, sections 3.13 (sarifLog), 3.14 (run), 3.18 (tool), 3.19 (toolComponent), 3.27 (result),
 *   3.28 (location), 3.29 (physicalLocation), 3.30 (region), 3.49 (reportingDescriptor)
 */
const SHAPES = {
  log: { $schema: 'string', 'version!': 'version', 'runs!': ['run'] },
  run: { 'tool!': 'tool', columnKind: 'columnKind', results: ['result'] },
  tool: { 'driver!': 'component' },
  component: { 'name!': 'string', version: 'string', informationUri: 'uri', rules: ['rule'] },
  rule: {
    ...{ 'id!': 'string', name: 'string', shortDescription: 'multiformat', fullDescription: 'multiformat' },
    ...{ help: 'multiformat', defaultConfiguration: 'configuration' },
  },
  multiformat: { 'text!': 'text' },
  message: { text: 'text' },
  configuration: { level: 'level' },
  result: {
    ...{
      ruleId: 'string',
      ruleIndex: 'index',
      level: 'level',
      'message!': 'message',
      locations: ['location'],
    },
    ...{ partialFingerprints: 'fingerprints', relatedLocations: ['related'] },
  },
  fingerprints: { objective: 'string' },
  location: { physicalLocation: 'place' },
  // 3.28: `id` is what messages link by.
  related: { 'id!': 'index', 'physicalLocation!': 'place', 'message!': 'message' },
  place: { artifactLocation: 'artifact', region: 'region' },
  artifact: { uri: 'uri' },
  region: { startLine: 'position', startColumn: 'position' },
} as const;

const LEAVES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  // 3.11.5: single braces are placeholders, which these messages have no arguments for.
  text: (value) => typeof value === 'string' && !/[{}]/.test(value.replaceAll('{{', '').replaceAll('}}', '')),
  uri: (value) => typeof value === 'string' && /^[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]*$/.test(value),
  version: (value) => value === '2.1.0',
  columnKind: (value) => value === 'utf16CodeUnits' || value === 'unicodeCodePoints',
  level: (value) => ['none', 'note', 'warning', 'error'].includes(value as string),
  index: (value) => Number.isInteger(value) && (value as number) >= -1,
  position: (value) => Number.isInteger(value) && (value as number) >= 1,
};

type Kind = string | readonly [string];

/** What is wrong with a log, by path; results must name rules that are there. */
export function sarifProblems(log: unknown): readonly string[] {
  const problems = check(log, 'log', '');
  const runs =
    (
      log as {
        runs?: {
          results?: { ruleId: string; ruleIndex: number }[];
          tool: { driver: { rules: { id: string }[] } };
        }[];
      }
    ).runs ?? [];
  for (const { results = [], tool } of problems.length > 0 ? [] : runs) {
    const ids = tool.driver.rules.map(({ id }) => id);
    if (new Set(ids).size < ids.length) problems.push('rules: an id twice');
    for (const { ruleId, ruleIndex } of results)
      if (ids[ruleIndex] !== ruleId) problems.push(`${ruleId}: not rule ${ruleIndex}`);
  }
  return problems;
}

function check(value: unknown, kind: Kind, path: string): string[] {
  if (typeof kind !== 'string') {
    if (!Array.isArray(value)) return [`${path}: no list`];
    return value.flatMap((item, i) => check(item, kind[0], `${path}[${i}]`));
  }
  const leaf = LEAVES[kind];
  if (leaf !== undefined) return leaf(value) ? [] : [`${path}: no ${kind}: ${JSON.stringify(value)}`];
  const shape = Object.entries(SHAPES[kind as keyof typeof SHAPES]) as readonly (readonly [string, Kind])[];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: no ${kind}`];
  const known = new Map(shape.map(([key, inner]) => [key.replace('!', ''), inner]));
  return [
    ...shape.flatMap(([key]) =>
      key.endsWith('!') && !Object.hasOwn(value, key.slice(0, -1)) ? [`${path}: no ${key}`] : [],
    ),
    ...Object.entries(value).flatMap(([key, inner]) => {
      const wanted = known.get(key);
      return wanted === undefined ? [`${path}.${key}: unknown`] : check(inner, wanted, `${path}.${key}`);
    }),
  ];
}

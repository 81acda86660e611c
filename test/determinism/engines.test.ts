import { expect, test } from 'vitest';
import { CASES, type DeterminismCase } from './cases.ts';
import { resultJson } from './command-line.ts';
import { ENGINES } from './engines.ts';

const ofThisNode = new Map<string, Promise<string>>();

/** What the Node that runs the tests writes, computed once. */
function expected(each: DeterminismCase): Promise<string> {
  const known = ofThisNode.get(each.name) ?? resultJson(each);
  ofThisNode.set(each.name, known);
  return known;
}

const pairs = ENGINES.flatMap((engine) => CASES.map((each) => ({ ...engine, name: each.name, each })));

test.for(pairs)(
  `node $version writes the same bytes as ${process.version}: $name`,
  async (pair, { skip }) => {
    const { version, program, isInstalled, each } = pair;
    if (!isInstalled && process.env.SLICEWISE_ENGINES !== 'required')
      skip(`node ${version} is not installed: npm ci --prefix test/determinism/engines, on Linux x64`);
    expect(await resultJson(each, [], program)).toBe(await expected(each));
  },
);

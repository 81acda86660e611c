import { nameHint } from '../nearest-name.ts';
import { isMapping, type Path, valueAt } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import { HostNames } from '../resolve/host-names.ts';
import { exactlyOne, isStated, repeats } from './common.ts';
import type { CheckContext } from './context.ts';

const FAULTS: Path = ['faults'];

/** What the values of the faults must satisfy together and with the fleet. */
export function checkFaults(context: CheckContext): readonly Finding[] {
  const { document, sound } = context;
  const { faults } = sound;
  if (faults === undefined || faults === null) return [];
  return [
    ...checkEnd(context),
    ...repeats(
      (faults.racks ?? []).map((rack) => rack?.name),
      (index) => [...FAULTS, 'racks', index, 'name'],
    ),
    ...(faults.failures ?? []).flatMap((entry, index) => {
      if (entry === undefined) return [];
      const path = [...FAULTS, 'failures', index];
      const findings: Finding[] = [...exactlyOne(document, path, ['between', 'log'])];
      if (isStated(document, [...path, 'between']) !== isStated(document, [...path, 'repair'])) {
        const missing = isStated(document, [...path, 'between']) ? 'repair' : 'between';
        findings.push({ path: [...path, missing], message: 'is missing: between and repair go together' });
      }
      const isOfHosts = entry.kind !== 'rack' && entry.kind !== 'licence-server';
      if (!isOfHosts && entry.kind !== undefined && isStated(document, [...path, 'hosts'])) {
        findings.push({
          path: [...path, 'hosts'],
          message: `must not be there: kind ${entry.kind} is of no host`,
        });
      }
      if (entry.kind === 'rack' && (faults.racks ?? []).length === 0) {
        findings.push({
          path: [...FAULTS, 'racks'],
          message: 'is missing: there are racks to fail, and none is named',
        });
      }
      for (const [at, logged] of (entry.log ?? []).entries()) {
        if (entry.kind === undefined || logged === undefined) continue;
        if ((entry.kind === 'gpu') !== (logged.gpu !== undefined)) {
          findings.push({
            path: [...path, 'log', at, 'gpu'],
            message: entry.kind === 'gpu' ? 'is missing: which GPU of the host failed' : 'must not be there',
          });
        }
      }
      return findings;
    }),
    ...(faults.windows ?? []).flatMap((window, index) =>
      window?.running === 'migrate' && !isStated(document, [...FAULTS, 'windows', index, 'migrate'])
        ? [
            {
              path: [...FAULTS, 'windows', index, 'migrate'],
              message: 'is missing: running: migrate needs the name of a way to migrate',
            },
          ]
        : [],
    ),
    ...checkHosts(context),
  ];
}

/** Units break down for ever: the run needs time, and an end of it. */
function checkEnd({ document }: CheckContext): readonly Finding[] {
  // What is no experiment at all has its own problem.
  if (isStated(document, ['experiment']) && !isMapping(valueAt(document, ['experiment']))) return [];
  if (valueAt(document, ['experiment', 'horizon']) != null) return [];
  if (valueAt(document, ['experiment', 'kind']) === 'fill') {
    return [{ path: FAULTS, message: 'needs a timed experiment: a fill experiment has no time' }];
  }
  return [
    {
      path: isStated(document, ['experiment']) ? ['experiment', 'horizon'] : ['experiment'],
      message: 'is missing: faults go on until a horizon, such as {kind: timed, horizon: 30d}',
    },
  ];
}

/** Every host that is named must be there; a host is in one rack and one set of spares. */
function checkHosts(context: CheckContext): readonly Finding[] {
  const { document, sound } = context;
  if (!isStated(document, ['fleet', 'hosts']) || context.isFaulty(['fleet', 'hosts'])) return [];
  const names = new HostNames(
    (sound.fleet?.hosts ?? []).map((group) => ({ name: group?.name ?? '', count: group?.count ?? 1 })),
  );
  const findings: Finding[] = [];
  const look = (path: Path, name: unknown, isOneHost = false) => {
    if (typeof name !== 'string') return;
    const choice = names.find(name);
    const isSingle =
      choice !== undefined &&
      (choice.host !== null || (sound.fleet?.hosts?.[choice.group]?.count ?? 1) === 1);
    if (choice !== undefined && (!isOneHost || isSingle)) return;
    findings.push({
      path,
      message: `must be ${isOneHost ? 'a host' : 'a host group or a host'} of the fleet, got ${quoteValue(name)}`,
      hint: nameHint(name, names.groupNames, names.near(name)),
    });
  };
  const lookAll = (path: Path) => {
    const hosts = valueAt(document, path);
    if (typeof hosts === 'string') look(path, hosts);
    else if (Array.isArray(hosts)) for (const [at, name] of hosts.entries()) look([...path, at], name);
  };
  const { failures, racks, windows, spares } = sound.faults ?? {};
  for (const [index, entry] of (failures ?? []).entries()) {
    lookAll([...FAULTS, 'failures', index, 'hosts']);
    const rackNames = (racks ?? []).map((rack) => rack?.name);
    for (const [at, logged] of (entry?.log ?? []).entries()) {
      const path = [...FAULTS, 'failures', index, 'log', at, 'host'];
      if (entry?.kind === 'rack') {
        if (logged?.host !== undefined && !rackNames.includes(logged.host)) {
          findings.push({ path, message: `must be the name of a rack, got ${quoteValue(logged.host)}` });
        }
      } else if (entry?.kind !== 'licence-server') look(path, logged?.host, true);
    }
  }
  for (const [part, entries] of [
    ['racks', racks],
    ['windows', windows],
    ['spares', spares],
  ] as const) {
    for (const index of (entries ?? []).keys()) lookAll([...FAULTS, part, index, 'hosts']);
  }
  return findings;
}

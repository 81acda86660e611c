import { shellWord } from '../../../sim/report/document/shell-word.ts';
import type { Axis, SweepModel } from './model.ts';

/** A point in a line: `Point 3: policy.placement fgd, wait 3.2 h`. */
export function pointText(model: SweepModel, point: number, axes: readonly Axis[]): string {
  const parts = axes.map((axis) => `${axis.label} ${axis.textOf(point)}`);
  return `Point ${model.points[point]?.point}: ${parts.join(', ')}`;
}

/** The command that runs the runs of a point again. */
export function commandOf({ sweep, points }: SweepModel, point: number): string {
  const { name, overlays, design, seeds } = sweep.manifest;
  const [seed] = seeds;
  // Settings of the sweep stand among the files that were laid over the scenario: a setting has a = in it.
  const laid = overlays.flatMap((each) => [/^[\w.[\]-]+=/.test(each) ? '--set' : '--overlay', each]);
  const sets = design.factors.flatMap(({ path }, f) => ['--set', `${path}=${points[point]?.values[f]}`]);
  const runs = [
    ...(seed === undefined ? [] : ['--seed', `${seed}`]),
    ...(seeds.length > 1 ? ['--replications', `${seeds.length}`] : []),
  ];
  return ['slicewise', 'run', name, ...laid, ...sets, ...runs].map(shellWord).join(' ');
}

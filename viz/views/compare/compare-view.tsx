import type { JSX } from 'preact';
import { useEffect, useReducer } from 'preact/hooks';
import { type Run, useApp } from '../../app/context.ts';
import { FleetMap } from '../fleet/fleet-map.tsx';
import { useClockWords } from '../timeline/use-clock-words.ts';
import { CurveDifferences } from './curve-differences.tsx';
import { Divergences } from './divergences.tsx';
import { Figures } from './figures.tsx';
import { Heads, OpenSecond } from './heads.tsx';
import { MetricDifferences } from './metric-differences.tsx';
import { type PairStudy, studyOf } from './pair-study.ts';
import { Waits } from './waits.tsx';
import './compare.css';

/** Two replays side by side on one clock, and where they part. */
export function CompareView(): JSX.Element {
  const { runs } = useApp();
  const [first, second] = runs;
  if (first === undefined || second === undefined) return <OpenSecond first={first} />;
  return <Compared key={`${first.id} ${second.id}`} runs={[first, second]} />;
}

function Compared({ runs }: { readonly runs: readonly [Run, Run] }): JSX.Element {
  const [first, second] = runs;
  const study = useStudy(first, second);
  const clock = useClockWords(first);
  return (
    <div class="compare">
      <Heads runs={runs} study={study} />
      <div class="compare-maps">
        {runs.map((run, i) => (
          <section key={run.id} class="compare-map" aria-label={`Fleet of ${i === 0 ? 'A' : 'B'}`}>
            <h2>
              {i === 0 ? 'A' : 'B'} <span class="soft">{run.name}</span>
            </h2>
            <FleetMap run={run} />
          </section>
        ))}
      </div>
      <div class="compare-columns">
        <Divergences runs={runs} study={study} clock={clock} />
        <Figures runs={runs} study={study} clock={clock} />
      </div>
      <CurveDifferences runs={runs} clock={clock} />
      <Waits study={study} clock={clock} />
      <MetricDifferences runs={runs} />
    </div>
  );
}

/** The study of two runs, which is begun; the view is drawn again as it goes on. */
function useStudy(first: Run, second: Run): PairStudy {
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  const study = studyOf(first.player, second.player);
  useEffect(() => {
    const stop = study.listen(() => redraw(undefined));
    if (study.phase === 'idle') void study.start();
    return stop;
  }, [study]);
  return study;
}

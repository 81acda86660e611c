import type { JSX } from 'preact';
import { useEffect, useMemo, useReducer } from 'preact/hooks';
import { type Run, useApp } from '../../app/context.ts';
import { useClockWords } from '../timeline/use-clock-words.ts';
import { CurveDifferences } from './curve-differences.tsx';
import { Divergences } from './divergences.tsx';
import { Figures } from './figures.tsx';
import { Heads, OpenSecond } from './heads.tsx';
import { Maps } from './maps.tsx';
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
  // Drawn again as the study goes on is only what shows it.
  const pair = useMemo<readonly [Run, Run]>(() => [first, second], [first, second]);
  const maps = useMemo(() => <Maps runs={pair} />, [pair]);
  const curves = useMemo(() => <CurveDifferences runs={pair} clock={clock} />, [pair, clock]);
  const metrics = useMemo(() => <MetricDifferences runs={pair} />, [pair]);
  return (
    <div class="compare">
      <Heads runs={runs} study={study} />
      {maps}
      <div class="compare-columns">
        <Divergences runs={runs} study={study} clock={clock} />
        <Figures runs={runs} study={study} clock={clock} />
      </div>
      {curves}
      <Waits study={study} clock={clock} />
      {metrics}
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

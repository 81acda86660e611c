import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ReplayFileError } from '../../../sim/observe/replay/index.ts';
import { type Run, useApp, useAppState } from '../../app/context.ts';
import { useKeys } from '../../app/keys.ts';
import { type Divergence, MOST_DIVERGENCES } from '../../replay/divergence.ts';
import type { Account } from '../../replay/divergence-account.ts';
import type { Pair } from '../../replay/pair.ts';
import type { ClockWords } from '../timeline/clock-words.ts';
import { accountSentences, jobText } from './account-text.ts';
import type { PairStudy } from './pair-study.ts';

/** Rows of the list that are there at first. */
const FEW = 10;

interface Props {
  readonly runs: readonly [Run, Run];
  readonly study: PairStudy;
  readonly clock: ClockWords;
}

/** Where the two runs part: the first decision that differs, the next ones, and why. */
export function Divergences({ study, clock }: Props): JSX.Element {
  const app = useApp();
  const atUs = useAppState((state) => state.atUs);
  const [chosen, choose] = useState<Divergence | undefined>(undefined);
  const [most, setMost] = useState(FEW);
  const { scan, phase } = study;
  const { divergences } = scan;
  const shown = chosen !== undefined && divergences.includes(chosen) ? chosen : undefined;
  const goTo = (divergence: Divergence | undefined, otherwise: string): void => {
    if (divergence === undefined) {
      app.say(phase === 'running' ? `${otherwise} as far as the runs have been compared` : otherwise);
      return;
    }
    choose(divergence);
    app.store.change('divergent decision', (draft) => {
      draft.isPlaying = false;
      draft.selection = { kind: 'job', number: divergence.job.numbers[0], name: divergence.job.name };
    });
    void app.goTo(divergence.atUs);
  };
  const at = shown === undefined ? -1 : divergences.indexOf(shown);
  const toFirst = () => goTo(divergences[0], 'The two runs decide alike');
  // From one that was chosen on to the next in the list; else to the next in time.
  const isHere = shown !== undefined && shown.atUs === atUs;
  const toNext = () =>
    goTo(
      isHere ? divergences[at + 1] : divergences.find((each) => each.atUs > atUs),
      'No job parts after this moment',
    );
  const toLast = () =>
    goTo(
      isHere ? divergences[at - 1] : divergences.findLast((each) => each.atUs < atUs),
      'No job parts before this moment',
    );
  useKeys('Comparing', [
    { keys: ['d'], does: 'Go to the first decision that differs', run: toFirst },
    { keys: ['n'], does: 'Go to the next job about which the runs decide differently', run: toNext },
    { keys: ['p'], does: 'Go to the one before', run: toLast },
  ]);
  return (
    <section aria-labelledby="compare-part">
      <h2 id="compare-part">Where they part</h2>
      <Progress study={study} clock={clock} />
      <p class="compare-buttons">
        <button type="button" disabled={divergences.length === 0} onClick={toFirst} aria-keyshortcuts="d">
          First divergent decision
        </button>
        <button type="button" disabled={divergences.length === 0} onClick={toLast} aria-keyshortcuts="p">
          ◀ Before
        </button>
        <button type="button" disabled={divergences.length === 0} onClick={toNext} aria-keyshortcuts="n">
          Next job ▶
        </button>
      </p>
      {shown !== undefined && <Explained study={study} divergence={shown} clock={clock} />}
      {divergences.length > 0 && (
        <table class="compare-table">
          <caption>
            Jobs in order of the first moment at which the runs decided differently about them
            {scan.divergedJobs > divergences.length ? `: the first ${MOST_DIVERGENCES}` : ''}
          </caption>
          <thead>
            <tr>
              <th scope="col">Moment</th>
              <th scope="col">Job</th>
              <th scope="col">A</th>
              <th scope="col">B</th>
            </tr>
          </thead>
          <tbody>
            {divergences.slice(0, most).map((each) => (
              <tr key={`${each.job.numbers[0]}`} aria-current={each === shown ? 'true' : undefined}>
                <td class="moment">
                  <button
                    type="button"
                    class="link"
                    aria-label={`Go to ${each.job.name} at ${clock.text(each.atUs)}`}
                    onClick={() => goTo(each, '')}
                  >
                    {clock.text(each.atUs)}
                  </button>
                </td>
                <td class="name">{each.job.name}</td>
                <td>{each.did[0].join(', then ') || 'nothing'}</td>
                <td>{each.did[1].join(', then ') || 'nothing'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {divergences.length > most && (
        <button type="button" onClick={() => setMost(MOST_DIVERGENCES)}>
          Show all {divergences.length}
        </button>
      )}
    </section>
  );
}

/** How far both runs have been gone through, and what came of it. */
function Progress({ study, clock }: Pick<Props, 'study' | 'clock'>): JSX.Element {
  const { phase, scan, problem } = study;
  const part = scan.endUs === 0 ? 1 : Math.min(1, scan.reachedUs / scan.endUs);
  const jobs = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'job' : 'jobs'}`;
  const found =
    scan.pairedJobs === 0
      ? 'They have no job in common'
      : scan.divergedJobs === 0
        ? `They decide alike about all ${jobs(scan.pairedJobs)} that both have`
        : `They decide differently about ${jobs(scan.divergedJobs)} of ${scan.pairedJobs.toLocaleString('en')}, ${scan.differences.toLocaleString('en')} times in all`;
  const first = scan.divergences[0];
  const from = first === undefined ? '' : `, from ${clock.text(first.atUs)} on`;
  return (
    <div class="compare-progress">
      {phase === 'running' && (
        <p>
          <progress max={1} value={part} aria-label="Both runs compared" /> {Math.floor(100 * part)} %
          compared{' '}
          <button type="button" onClick={() => study.cancel()}>
            Stop
          </button>
        </p>
      )}
      {(phase === 'stopped' || phase === 'failed') && (
        <p class={phase === 'failed' ? 'problem' : undefined}>
          {phase === 'failed' ? `A replay cannot be read on: ${problem}. ` : 'Stopped. '}What follows is up to{' '}
          {clock.text(scan.reachedUs)}.{' '}
          <button type="button" onClick={() => void study.start()}>
            Compare all again
          </button>
        </p>
      )}
      <p role={phase === 'done' ? 'status' : undefined}>
        {found}
        {from}
        {phase === 'done' ? '' : ', so far'}.
      </p>
    </div>
  );
}

/** What both did about a job at the moment at which they part, and how things were. */
function Explained({
  study,
  divergence,
  clock,
}: Pick<Props, 'study' | 'clock'> & { readonly divergence: Divergence }): JSX.Element {
  const [found, setFound] = useState<{ of: Divergence; accounts?: Pair<Account>; problem?: string }>();
  useEffect(() => {
    let isWanted = true;
    study.accounts(divergence).then(
      (accounts) => isWanted && setFound({ of: divergence, accounts }),
      (error: unknown) => {
        if (!(error instanceof ReplayFileError)) throw error;
        if (isWanted) setFound({ of: divergence, problem: error.message });
      },
    );
    return () => {
      isWanted = false;
    };
  }, [study, divergence]);
  const { job, atUs } = divergence;
  const accounts = found?.of === divergence ? found.accounts : undefined;
  return (
    <div class="compare-explained" role="status">
      <h3>
        {job.name} at {clock.text(atUs)}
      </h3>
      {found?.problem !== undefined && <p class="problem">{found.problem}</p>}
      {accounts !== undefined && (
        <>
          <p class="soft">
            {jobText(accounts) ?? ''}
            {clock.isFill ? '' : `; arrived at ${clock.text(job.arrivalUs)} in both`}
          </p>
          <div class="compare-accounts">
            {accounts.map((account, i) => (
              <div key={i === 0 ? 'A' : 'B'}>
                <h4>{i === 0 ? 'A' : 'B'}</h4>
                <ul>
                  {accountSentences(account, accounts[i === 0 ? 1 : 0]).map((sentence) => (
                    <li key={sentence}>{sentence}</li>
                  ))}
                </ul>
              </div>
            ))}
          </div>
        </>
      )}
    </div>
  );
}

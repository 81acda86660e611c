import { describe, expect, test } from 'vitest';
import { MIG_MODELS } from '../../sim/hardware/index.ts';
import { inProcess } from './in-process.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();
let files = 0;

function write(text: string): string {
  files += 1;
  return folder.write(`cards-${files}.yaml`, text);
}

async function plan(text: string, ...options: readonly string[]) {
  const { code, out, err } = await inProcess(['repartition', write(text), '--json', ...options]);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out);
}

const TRAIN =
  '{ name: train, remaining: 3h, preemptible: true, checkpoint: { save: 30s, restore: 40s }, migrate: 12s }';

/** Two cards of which one becomes whole; `train` may go to the other. */
const TWO_CARDS = `gpu: A100-40GB
cards:
  - name: a
    instances:
      - { profile: 3g.20gb, start: 0, job: ${TRAIN} }
      - { profile: 2g.10gb, start: 4, job: { name: notebook, remaining: 20m } }
      - { profile: 1g.5gb, start: 6 }
  - name: b
    instances:
      - { profile: 4g.20gb, start: 0, job: { name: serve } }
      - { profile: 3g.20gb, start: 4 }
target: { instances: { 7g.40gb: 1 } }
`;

/** One card with two halves, one of them with this job. */
function halves(job: string, rest: string): string {
  return `gpu: A100-40GB
cards:
  - { name: a, instances: [{ profile: 3g, start: 0, job: ${job} }, { profile: 3g, start: 4 }] }
${rest}
`;
}
const WHOLE = 'target: { instances: { 7g: 1 } }';

// An A100 deletes a half in 0.21 s, and creates the whole in 0.24 s (RL_MIG_scheduler).
describe('slicewise repartition', () => {
  test.each([80, 60, 100])('keeps to %s columns, without a value that is none', async (columns) => {
    for (const text of [TWO_CARDS, halves('{ name: serve }', WHOLE), halves(TRAIN, WHOLE)]) {
      const { code, out, err } = await inProcess(['repartition', write(text)], columns);
      expect([code, err]).toEqual([0, '']);
      expect(out.split('\n').filter((line) => line.length > columns || line !== line.trimEnd())).toEqual([]);
      expect(out).not.toMatch(/NaN|undefined|Infinity|null|\b1 jobs|\b1 cards|\u00a0/);
    }
  });

  test('plans step by step, each with its time, what and why, and the whole with its cost', async () => {
    const { out } = await inProcess(['repartition', write(TWO_CARDS)], 100);
    const places = [
      '2 cards a100-40gb. Wanted: 1 x 7g.40gb, without a job, on any card.',
      'move job train from 3g.20gb at 0 on card a to 3g.20gb at 4 on card b',
      'its instance is deleted, which makes room for 7g.40gb at 0 on card a',
      'takes 12s, loses',
      'wait until job notebook ends',
      'create 7g.40gb at 0 on card a',
      'one of the wanted 7g.40gb',
      'done after',
      'touches     1 job (train)',
      'proven      yes: no plan costs less',
      'afterwards  a: 7g.40gb@0',
    ].map((text) => out.indexOf(text));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBe(0);
    // The other card is not cut.
    expect(out).not.toContain('b: 4g.20gb@0');
  });

  test('a wait costs the slices that stand idle, a stop its saving and the work that is lost', async () => {
    // Waiting for 10 min: the other half, of four slices of memory but three of compute, is idle; one slice is in none.
    const waits = await plan(halves('{ name: j, remaining: 10m }', WHOLE));
    expect(waits).toMatchObject({ outcome: 'planned', isProven: true, jobsTouched: [] });
    expect(waits.takesSec).toBeCloseTo(600 + 0.42 + 0.24, 6);
    // Four slices of seven for the wait and the first deletion, all seven for the other steps.
    const waited = (4 * 600.21 + 7 * 0.45) / 7 / 60;
    const waitedLast = (4 * 600 + 4 * 0.21 + 7 * 0.21 + 7 * 0.24) / 7 / 60;
    expect(waits.lostGpuMinutes).toBeCloseTo(waited, 9);
    expect(waited).toBeCloseTo(waitedLast, 9);

    const stop = halves(
      '{ name: j, remaining: 10m, preemptible: true, checkpoint: { save: 30s, restore: 40s } }',
      WHOLE,
    );
    const stops = await plan(stop);
    expect(stops.jobsTouched).toEqual(['j']);
    expect(stops.takesSec).toBeCloseTo(30 + 0.42 + 0.24, 6);
    // While it saves nothing runs; three slices do 40 s of work once more.
    const least = (7 * 30 + 4 * 0.21 + 7 * 0.45 + 3 * 40) / 7 / 60;
    const most = (7 * (30 + 0.66) + 3 * 40) / 7 / 60;
    expect(stops.lostGpuMinutes).toBeGreaterThanOrEqual(least - 1e-9);
    expect(stops.lostGpuMinutes).toBeLessThanOrEqual(most + 1e-9);
  });

  test('what a job has done is lost with it where it has no checkpoint', async () => {
    const job = (done: string) => `{ name: j, remaining: 2h, preemptible: true, done: ${done} }`;
    const early = await plan(halves(job('1m'), WHOLE));
    expect(early.jobsTouched).toEqual(['j']);
    const late = await plan(halves(job('10h'), WHOLE));
    expect(late.jobsTouched).toEqual([]);
    expect(late.takesSec).toBeGreaterThan(7200);
  });

  test('the objective decides between a job that is stopped and time that is lost', async () => {
    const job = '{ name: j, remaining: 10m, preemptible: true, checkpoint: { save: 30s, restore: 40s } }';
    const touchedBy = async (objective: string) =>
      (await plan(halves(job, `${WHOLE}\nobjective: ${objective}`))).jobsTouched;
    expect(await touchedBy('loss-first')).toEqual(['j']);
    expect(await touchedBy('touches-first')).toEqual([]);
    // Waiting costs some 5.8 GPU-minutes, stopping some 0.8.
    expect(await touchedBy('{ gpuMinutesPerTouch: 4 }')).toEqual(['j']);
    expect(await touchedBy('{ gpuMinutesPerTouch: 6 }')).toEqual([]);
  });

  test('instances are wanted idle or only standing, on any card or on each', async () => {
    const standing = await plan(halves('{ name: j }', 'target: { instances: { 3g: 2 }, ready: standing }'));
    expect(standing).toMatchObject({ outcome: 'planned', steps: [], takesSec: 0, lostGpuMinutes: 0 });
    const idle = await plan(halves('{ name: j }', 'target: { instances: { 3g: 2 } }'));
    expect(idle).toMatchObject({ outcome: 'unreachable', constraint: 'jobs-that-stay', jobs: ['j'] });
    const each = await plan(
      TWO_CARDS.replace('instances: { 7g.40gb: 1 }', 'cards: { a: { 1g.5gb: 1 }, b: { 1g.5gb: 2 } }'),
    );
    expect(each.target).toEqual({ cards: { a: { '1g.5gb': 1 }, b: { '1g.5gb': 2 } }, ready: 'idle' });
    expect(
      each.after[1].instances.filter((each: { profile: string }) => each.profile === '1g.5gb'),
    ).toHaveLength(2);
    expect(each.after[0].instances).toHaveLength(3);
  });

  test('JSON says the same as the text, and the steps follow one another', async () => {
    const answer = await plan(TWO_CARDS);
    expect(answer).toMatchObject({
      schema: 'slicewise/repartition@1',
      gpu: 'a100-40gb',
      objective: 'loss-first',
      creation: 'chosen',
      lostAtLeastGpuMinutes: answer.lostGpuMinutes,
      after: [
        { card: 'a', instances: [{ profile: '7g.40gb', start: 0 }] },
        {
          card: 'b',
          instances: [
            { profile: '4g.20gb', start: 0 },
            { profile: '3g.20gb', start: 4 },
          ],
        },
      ],
    });
    let atSec = 0;
    let lost = 0;
    const { out } = await inProcess(['repartition', write(TWO_CARDS)], 200);
    for (const step of answer.steps) {
      expect(step.atSec).toBeCloseTo(atSec, 6);
      atSec += step.takesSec;
      lost += step.lostGpuMinutes;
      expect(out).toContain(step.what);
      expect(out).toContain(step.why);
    }
    expect(answer.takesSec).toBeCloseTo(atSec, 6);
    expect(answer.lostGpuMinutes).toBeCloseTo(lost, 9);
    const move = answer.steps.find((step: { kind: string }) => step.kind === 'migrate');
    expect(move).toMatchObject({
      card: 'a',
      profile: '3g.20gb',
      start: 0,
      to: { card: 'b', profile: '3g.20gb', start: 4 },
      jobs: ['train'],
      takesSec: 12,
    });
  });

  test.each([
    [
      'geometry',
      halves('{ name: j }', 'target: { instances: { 7g: 2 } }'),
      '2 x 7g.40gb do not fit on one empty card',
    ],
    ['jobs-that-stay', halves('{ name: serve }', WHOLE), 'job serve on 3g.20gb at 0 on card a'],
  ])('a target out of reach names the constraint %s', async (constraint, text, detail) => {
    const { code, out } = await inProcess(['repartition', write(text)], 100);
    expect(code).toBe(0);
    expect(out).toContain('Cannot be reached: ');
    expect(out.replaceAll(/\s+/g, ' ')).toContain(detail);
    expect(out).toContain(`constraint  ${constraint}: `);
    expect(await plan(text)).toMatchObject({ outcome: 'unreachable', constraint });
  });

  test('a search that is cut short says so, and gives the bound that it has', async () => {
    const sevenths = Array.from({ length: 7 }, (_, i) => {
      const job = `{ name: j${i}, remaining: ${i + 1}m, preemptible: true, checkpoint: { save: ${i + 1}s }, migrate: ${8 - i}s }`;
      return `      - { profile: 1g, start: ${i}, job: ${job} }`;
    }).join('\n');
    const text = `gpu: A100-40GB
cards:
  - name: a
    instances:
${sevenths}
  - { name: b, instances: [{ profile: 1g, start: 0 }, { profile: 1g, start: 1 }, { profile: 2g, start: 2 }] }
target: { cards: { a: { 4g: 1 }, b: { 1g: 2 } } }
`;
    const cut = await plan(text, '--states', '100');
    expect(cut).toMatchObject({ outcome: 'planned', isProven: false });
    expect(cut.lostAtLeastGpuMinutes).toBeGreaterThan(0);
    expect(cut.lostAtLeastGpuMinutes).toBeLessThanOrEqual(cut.lostGpuMinutes);
    const { out } = await inProcess(['repartition', write(text), '--states', '100'], 100);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'proven no: the search has not seen all plans; none loses less than',
    );
    const none = await inProcess(['repartition', write(text), '--states', '2'], 80);
    expect(none.out).toContain('Not decided: no plan among the 2 states looked at.');
  });

  test('where the driver puts new instances is a rule of its own', async () => {
    const text = (creation: string) =>
      halves('{ name: j }', `target: { instances: { 1g: 1 } }\ncreation: ${creation}`).replace(
        '{ profile: 3g, start: 4 }',
        '{ profile: 1g, start: 6, job: { name: k } }',
      );
    for (const creation of ['chosen', 'driver']) {
      expect(await plan(text(creation))).toMatchObject({ outcome: 'planned', creation });
    }
    const { out } = await inProcess(['repartition', write(text('driver'))], 80);
    expect(out.replaceAll(/\s+/g, ' ')).toContain('New instances go where the driver puts them.');
  });

  test.each(MIG_MODELS.map(({ id }) => id))('%s: an empty card becomes its first profile', async (gpu) => {
    const profile = MIG_MODELS.find(({ id }) => id === gpu)?.profiles[0]?.name;
    const answer = await plan(
      `gpu: ${gpu}\ncards: [{ name: a, instances: [] }]\ntarget: { instances: { "${profile}": 1 } }`,
    );
    expect(answer.after[0].instances).toMatchObject([{ profile }]);
  });

  test('help shows a file that can be planned', async () => {
    const { out } = await inProcess(['repartition', '--help']);
    const shown = /The file:\n([\s\S]*?)What each key means/.exec(out)?.[1] ?? '';
    const bare = shown.replaceAll(/ {4,}(or |touches-first).*$/gm, '');
    expect(await plan(bare)).toMatchObject({ outcome: 'planned', isProven: true });
  });
});

describe('wrong input of repartition ends with code 2', () => {
  async function problemsOf(text: string): Promise<string[]> {
    const { code, out, err } = await inProcess(['repartition', write(text)], 80);
    expect([code, out]).toEqual([2, '']);
    return err
      .split('\n')
      .slice(1, -1)
      .map((line) => line.trim().replace(/^\S*cards-\d+\.yaml:(\d+):\d+ ?/, '$1 '));
  }

  test('every problem is told at once, with its place, path, value and what is accepted', async () => {
    expect(
      await problemsOf(`gpu: A100-40GB
cards:
  - name: a
    instances:
      - { profile: 3g.20gb, start: 1 }
      - { profile: 9g, start: 0 }
      - { profile: 4g.20gb, start: 0, job: { name: j, remaining: soon } }
      - { profile: 3g.20gb, start: 0 }
  - name: a
    instances:
      - { profile: 1g, start: -1, job: { name: j, preemptible: true } }
      - { profile: 1g, start: 2, job: { name: k, checkpoint: { save: 1s } } }
      - { profile: 1g, start: 3, colour: red }
target: { instances: { 7g: 1, 7g.40gb: 1, 8g: 0 }, ready: soon }
objective: cheap
creation: chance
`),
    ).toEqual([
      expect.stringMatching(
        /^7 cards\[0\]\.instances\[2\]\.job\.remaining: must be a duration such as .*, got "soon"/,
      ),
      '11 cards[1].instances[0].start: must be a whole number from 0 to 31, got -1',
      '13 cards[1].instances[2].colour: is not an accepted key (accepted: profile, start, job)',
      '14 target.ready: must be one of idle, standing, got "soon"',
      '15 objective: must be loss-first, touches-first or {gpuMinutesPerTouch: number}, got "cheap"',
      '16 creation: must be one of chosen, driver, got "chance"',
      '9 cards[1].name: must be a name of its own, got "a" as at position 0',
      '11 cards[1].instances[0].job.name: must be a name of its own, got "j" as in cards[0].instances[2]',
      '11 cards[1].instances[0].job: must have exactly one of checkpoint and done, got none',
      '12 cards[1].instances[1].job.checkpoint: must not be there: the job may not be stopped (preemptible: true says that it may)',
      '5 cards[0].instances[0].start: must be a start of 3g.20gb (0, 4), got 1',
      expect.stringMatching(
        /^6 cards\[0\]\.instances\[1\]\.profile: must be a MIG profile of a100-40gb, got "9g" \(.*accepted: 1g\.5gb, /,
      ),
      '8 cards[0].instances[3]: must be able to stand beside the instances before it: 3g.20gb at 0 overlaps 4g.20gb at 0',
      '14 target.instances["7g.40gb"]: must be a profile of its own, got 7g.40gb as "7g"',
      expect.stringMatching(
        /^14 target\.instances\["?8g"?\]?|^14 target\.instances\.8g: must be a MIG profile/,
      ),
    ]);
  });

  test.each([
    ['gpu: L40', 'gpu: must be a GPU with MIG, got "L40"'],
    ['gpu: A101-40GB', 'gpu: must be a GPU with MIG, got "A101-40GB" (did you mean "a100-40gb"?'],
    ['gpu: 5', 'gpu: must be text of 1 to 128 characters'],
  ])('%s: a GPU that cannot be cut', async (gpu, problem) => {
    const [only, ...more] = await problemsOf(TWO_CARDS.replace('gpu: A100-40GB', gpu));
    expect(more).toEqual([]);
    expect(only).toContain(problem);
  });

  test.each([
    ['{}', 'target: must have exactly one of instances and cards, got none'],
    [
      '{ instances: { 7g: 1 }, cards: {} }',
      'target: must have exactly one of instances and cards, got instances and cards',
    ],
    ['{ instances: {} }', 'target: must want at least one instance, got none'],
    ['{ cards: { a: { 7g: 0 } } }', 'target: must want at least one instance, got none'],
    ['{ cards: {} }', 'target: must want at least one instance, got none'],
    ['{ instances: { 7g: many } }', 'must be a whole number from 0 to 1000, got "many"'],
    [
      '{ cards: { c: { 7g: 1 } } }',
      'target.cards.c: must be the name of a card, got "c" (did you mean "a"? accepted: a, b)',
    ],
    ['7g', 'target: must be a mapping with the keys instances, cards, ready, got "7g"'],
  ])('target %s', async (target, problem) => {
    const [only, ...more] = await problemsOf(TWO_CARDS.replace('{ instances: { 7g.40gb: 1 } }', target));
    expect(more).toEqual([]);
    expect(only).toContain(problem);
  });

  test.each([
    ['', 'is empty: must be cards and a target'],
    ['[', 'is not YAML'],
    ['- 1', 'must be a mapping with the keys gpu, cards, target, objective, creation'],
  ])('the file %j', async (text, problem) => {
    expect((await problemsOf(text)).join('\n')).toContain(problem);
  });

  test('a file that is not there, one that is no text, and a wrong option', async () => {
    const missing = await inProcess(['repartition', folder.at('none.yaml')]);
    expect(missing).toMatchObject({ code: 2, out: '' });
    expect(missing.err).toContain('no such file or folder');
    const bytes = await inProcess(['repartition', folder.write('bytes.yaml', new Uint8Array([255, 254]))]);
    expect(bytes.err).toContain('is not UTF-8 text');
    const option = await inProcess(['repartition', write(TWO_CARDS), '--states', '0']);
    expect(option).toMatchObject({ code: 2, out: '' });
    expect(option.err).toContain('--states: must be a whole number from 1 to 10000000, got "0"');
  });
});

import type { SharingMode } from '../mode.ts';
import { limitByLink } from '../speed/link.ts';
import { Turns } from '../speed/turns.ts';
import { refuseWithout } from './api-needs.ts';
import { CountedCard } from './counted-card.ts';
import { containerStart } from './start-paths.ts';

const start = containerStart('uvm-swap');

/** Virtual GPUs that the device plugin of nvshare advertises for one GPU unless told otherwise (its README). */
const VIRTUAL_GPUS = 10;
const LONGEST_TURN_SEC = 86_400;

/** Unified memory lets every tenant fill the card; the host's memory takes what does not fit (nvshare). */
export const uvmSwap: SharingMode<'uvm-swap'> = {
  name: 'uvm-swap',
  title: 'Unified-memory swap (nvshare)',
  summary:
    'each tenant may use all of the memory; the GPU goes round in exclusive turns, pages move to the host',
  leavesOut: [
    'Speeds are long-run averages over many turns: a tenant in fact runs for a turn and stands still for the others.',
    'The host memory that holds the swapped pages is not counted.',
    'All that a tenant has allocated is taken for its working set.',
  ],
  parameters: [
    {
      id: 'uvm-swap.efficiency',
      what: 'speed with unified memory relative to device memory',
      unit: 'fraction',
      low: 0.98,
      typical: 0.99,
      high: 1,
      min: 0.1,
      max: 1,
      source: 'SW-5: about 1 % slower; low and high: no published range',
      evidence: 'measured',
    },
    {
      id: 'uvm-swap.paging',
      what: 'rate of paging in relative to the link',
      unit: 'fraction',
      low: 0.25,
      typical: 0.5,
      high: 1,
      min: 0.01,
      max: 1,
      source:
        'no published figure found; below 1 because SW-5 reports seconds a switch on cards of 10 to 16 GB',
      evidence: 'inferred',
    },
    ...start.parameters,
  ],
  traits: {
    memoryIsolation: 'none',
    faultIsolation: 'none',
    faultEnds: 'card',
    performanceIsolation: 'share',
    liveMigration: 'none',
    hostMetrics: 'yes',
    peerToPeer: 'no',
    memoryReserved: false,
    layoutChange: 'none',
    graphics: 'no',
    source: 'capability matrix (documented); one GPU per machine (nvshare README)',
  },
  check: ({ turnSec }, { catalogue }) => {
    const problems = [];
    if (
      catalogue !== null &&
      (catalogue.vendor !== 'NVIDIA' || catalogue.architecture.startsWith('Maxwell'))
    ) {
      problems.push({
        key: 'mode',
        message: `needs an NVIDIA GPU that handles page faults, Pascal or later, got ${catalogue.name}`,
      });
    }
    if (!(turnSec > 0 && turnSec <= LONGEST_TURN_SEC)) {
      problems.push({
        key: 'turnSec',
        message: `must be above 0 s and at most ${LONGEST_TURN_SEC} s, got ${turnSec}`,
      });
    }
    return problems;
  },
  createCard: ({ turnSec }, card, values) => {
    const efficiency = values.get('uvm-swap.efficiency');
    const pageBytesPerSec = values.get('uvm-swap.paging') * card.linkBytesPerSec;
    const turns = new Turns(turnSec, card.memoryMib, pageBytesPerSec);
    return new CountedCard(card, {
      count: VIRTUAL_GPUS,
      word: 'virtual GPU',
      full: 'replica-none-free',
      wholeGets: 'one-place',
      memory: 'elsewhere',
      memoryMib: card.memoryMib,
      refuse: (ask) => {
        const { slot, use } = ask;
        const setMib = Math.max(use.memoryMib, slot.kind === 'part' ? slot.memoryMib : 0);
        if (setMib > card.memoryMib) {
          return {
            refused: 'swap-working-set',
            detail: `the working set is ${setMib} MiB, the card has ${card.memoryMib} MiB`,
          };
        }
        return refuseWithout('graphics', ask);
      },
      speeds: (residents, into) => {
        turns.speeds(residents, into);
        for (let seat = 0; seat < residents.count; seat++) into[seat]! *= efficiency;
        limitByLink(residents, card.linkBytesPerSec, into);
      },
    });
  },
  operations: () => start.operations,
  licence: () => ({ edition: 'none', metric: 'none', source: 'capability matrix: none' }),
};

import { type FailureLaw, type FaultUnit, type Repair, RepairShop } from '../../faults/index.ts';
import type { EventId } from '../../kernel/event-queue.ts';
import type { FaultSetup, FaultyRun, Schedule } from './setup.ts';

/** One unit as it runs. */
interface UnitState {
  readonly unit: FaultUnit;
  readonly law: FailureLaw;
  readonly needsCrew: boolean;
  failedAtUs: number;
  isDown: boolean;
  /** Its next failure, while it works. */
  event: EventId | undefined;
}

/** When units break down, and when they are mended: each has a clock of its own, and crews mend them one by one. */
export class UnitClocks {
  readonly #run: FaultyRun;
  readonly #setup: FaultSetup;
  readonly #schedule: Schedule;
  readonly #isOff: (host: number) => boolean;
  readonly #shop: RepairShop;
  readonly #units: readonly UnitState[];
  /** By host: numbers of the units that are the host itself or a part of it. */
  readonly #unitsOf: readonly number[][];

  /** @param isOff whether a host stands by, switched off */
  constructor(run: FaultyRun, setup: FaultSetup, schedule: Schedule, isOff: (host: number) => boolean) {
    this.#run = run;
    this.#setup = setup;
    this.#schedule = schedule;
    this.#isOff = isOff;
    this.#shop = new RepairShop(setup.crews);
    this.#units = setup.units.map((each) => ({ ...each, failedAtUs: 0, isDown: false, event: undefined }));
    this.#unitsOf = Array.from({ length: run.context.fleet.hostCount }, () => []);
    setup.units.forEach(({ unit }, number) => {
      if (unit.kind === 'rack' || unit.kind === 'licence-server') return;
      for (const host of unit.hosts) (this.#unitsOf[host] as number[]).push(number);
    });
  }

  begin(): void {
    for (const number of this.#units.keys()) this.#awaitFailure(number);
  }

  /** A unit breaks down. Says which. */
  failed(number: number): FaultUnit {
    const state = this.#units[number] as UnitState;
    const { unit } = state;
    const { nowUs } = this.#run.simulation;
    state.event = undefined;
    state.isDown = true;
    state.failedAtUs = nowUs;
    this.#setup.listener?.unitFailed(nowUs, unit.kind);
    this.#tell(unit, false);
    if (state.needsCrew) this.#beginRepair(this.#shop.bring(number, nowUs));
    else this.#beginRepair({ unit: number, waitedUs: 0 });
    return unit;
  }

  /**
   * A unit is mended: it works again, and its crew goes on to the next.
   *
   * @param mend puts it back into service
   */
  mended(number: number, mend: (unit: FaultUnit) => void): void {
    const state = this.#units[number] as UnitState;
    const { unit } = state;
    const { nowUs } = this.#run.simulation;
    state.isDown = false;
    this.#setup.listener?.unitWorks(nowUs, unit.kind, nowUs - state.failedAtUs);
    this.#tell(unit, true);
    mend(unit);
    if (state.event === undefined) this.#awaitFailure(number);
    if (state.needsCrew) this.#beginRepair(this.#shop.finish(nowUs));
  }

  /** A host that stood by is switched on. */
  start(host: number): void {
    for (const number of this.#unitsOf[host] as number[]) this.#awaitFailure(number, true);
  }

  /** A host stands by from now on. */
  stop(host: number): void {
    for (const number of this.#unitsOf[host] as number[]) {
      const state = this.#units[number] as UnitState;
      if (state.event !== undefined) this.#run.simulation.cancel(state.event);
      state.event = undefined;
    }
  }

  /** Sets the clock of a unit that works, unless its host stands by. */
  #awaitFailure(number: number, isJoining = false): void {
    const state = this.#units[number] as UnitState;
    const { kind, hosts } = state.unit;
    if (state.isDown || state.event !== undefined) return;
    const rests = kind !== 'rack' && hosts.some((host) => this.#isOff(host));
    if (rests && !isJoining) return;
    state.event = this.#schedule(state.law.nextFailureUs(this.#run.simulation.nowUs), 'unit-failed', number);
  }

  #beginRepair(repair: Repair | undefined): void {
    if (repair === undefined) return;
    const { law, unit, failedAtUs } = this.#units[repair.unit] as UnitState;
    this.#setup.listener?.repairBegan(unit.kind, repair.waitedUs);
    this.#schedule(this.#run.simulation.nowUs + law.repairUs(failedAtUs), 'repair-done', repair.unit);
  }

  #tell({ kind, name }: FaultUnit, isUp: boolean): void {
    const { context, simulation } = this.#run;
    for (const observer of context.observers) observer.unitChanged?.(simulation.nowUs, kind, name, isUp);
  }
}

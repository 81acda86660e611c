import type { FleetView } from '../cluster/fleet.ts';
import { type Card, limitByLink, losslessTwin, type SharedGpu } from '../sharing/index.ts';
import type { CardRun } from './card-run.ts';

/** What the modes of shared cards cost: the work that their residents would do with the same shares and no loss, less what they do. */
export class CardLoss {
  readonly #fleet: FleetView;
  readonly #twins = new Map<SharedGpu, Card | undefined>();
  #speeds = new Float64Array(16);

  constructor(fleet: FleetView) {
    this.#fleet = fleet;
  }

  /** As a part of the card's compute, >= 0. The run must be up to date. */
  readonly of = (run: CardRun): number => {
    if (run.utilization === 0) return 0;
    const shared = this.#fleet.sharing[run.gpu] as SharedGpu;
    let twin = this.#twins.get(shared);
    if (twin === undefined && !this.#twins.has(shared)) {
      twin = losslessTwin(shared);
      this.#twins.set(shared, twin);
    }
    if (twin === undefined) return 0;
    const { residents, linkCap } = run;
    if (this.#speeds.length < residents.count) this.#speeds = new Float64Array(residents.count * 2);
    twin.speeds(residents, this.#speeds);
    if (linkCap !== Number.POSITIVE_INFINITY) limitByLink(residents, linkCap, this.#speeds);
    return Math.max(0, run.utilizationAt(this.#speeds) - run.utilization);
  };
}

/** GPU-time in which a part was the largest wanted one that still fitted. */
interface FitTime {
  cards: number;
  sinceUs: number;
  cardUs: number;
}

/** On how many shared cards, and for how long, each part was the largest wanted one that they still took; empty: none. */
export class LargestFits {
  readonly #fits = new Map<string, FitTime>();

  /** So many more cards take that part at most; less where negative. */
  change(atUs: number, largest: string, cards: number): void {
    let fit = this.#fits.get(largest);
    if (fit === undefined) {
      fit = { cards: 0, sinceUs: atUs, cardUs: 0 };
      this.#fits.set(largest, fit);
    }
    settle(fit, atUs);
    fit.cards += cards;
  }

  settleAll(atUs: number): void {
    for (const fit of this.#fits.values()) settle(fit, atUs);
  }

  /** Forgets the past, as at the end of a warm-up; what fits stays. */
  reset(atUs: number): void {
    for (const fit of this.#fits.values()) {
      fit.cardUs = 0;
      fit.sinceUs = atUs;
    }
  }

  /** Cards times microseconds up to what is settled, by name of the part. */
  times(): readonly (readonly [largest: string, cardUs: number])[] {
    return [...this.#fits]
      .map(([largest, { cardUs }]) => [largest, cardUs] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

function settle(fit: FitTime, atUs: number): void {
  fit.cardUs += fit.cards * (atUs - fit.sinceUs);
  fit.sinceUs = atUs;
}

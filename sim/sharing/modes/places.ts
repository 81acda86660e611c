/**
 * Equal places that divide `milli` thousandths of a card among them. Where that does not come out even, the places
 * taken first get one thousandth more, so that all places together are always all of the thousandths.
 */
export class Places {
  readonly count: number;
  readonly milli: number;
  taken = 0;
  takenMilli = 0;

  /** @param milli thousandths of the card, 1 to 1000 */
  constructor(count: number, milli: number) {
    this.count = count;
    this.milli = milli;
  }

  get free(): number {
    return this.count - this.taken;
  }

  /** Thousandths of the next `places` places. */
  milliOf(places: number): number {
    const even = Math.floor(this.milli / this.count);
    const odd = this.milli - even * this.count;
    const oddTaken = this.takenMilli - even * this.taken;
    return even * places + Math.min(places, odd - oddTaken);
  }

  /** Places that are needed for that many thousandths, at least 1. */
  needed(milli: number): number {
    let places = Math.max(1, Math.floor((milli * this.count) / this.milli));
    while (Math.ceil((places * this.milli) / this.count) < milli) places += 1;
    return places;
  }

  holds(places: number, milli: number): boolean {
    return places <= this.free && milli <= this.milli - this.takenMilli;
  }

  book(places: number, milli: number, sign: 1 | -1): void {
    this.taken += sign * places;
    this.takenMilli += sign * milli;
  }
}

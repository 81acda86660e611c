/** What a rectangle of a card stands for. An instance holds the residents and the room in it; it overlaps them alone. */
export const PIECE = { resident: 0, free: 1, instance: 2 } as const;
export type PieceKind = (typeof PIECE)[keyof typeof PIECE];

/**
 * Rectangles of one card, which is 1 wide and 1 high. Made once and filled anew for card after card, so that drawing a
 * frame allocates nothing.
 */
export class Pieces {
  count = 0;
  x = new Float64Array(64);
  y = new Float64Array(64);
  width = new Float64Array(64);
  height = new Float64Array(64);
  kind = new Uint8Array(64);
  /** Which of the card's occupants it is of; -1: of none. */
  occupant = new Int32Array(64);
  /** Whether the part takes nobody in, because the card is to be cut anew. */
  isHeld = new Uint8Array(64);
  readonly label: string[] = [];

  clear(): void {
    this.count = 0;
  }

  add(
    kind: PieceKind,
    occupant: number,
    x: number,
    y: number,
    width: number,
    height: number,
    label: string,
    isHeld = false,
  ): void {
    const at = this.count;
    if (at === this.x.length) this.#grow();
    this.count += 1;
    this.kind[at] = kind;
    this.occupant[at] = occupant;
    this.x[at] = x;
    this.y[at] = y;
    this.width[at] = width;
    this.height[at] = height;
    this.label[at] = label;
    this.isHeld[at] = isHeld ? 1 : 0;
  }

  #grow(): void {
    const longer = <T extends Float64Array | Uint8Array | Int32Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    const length = 2 * this.x.length;
    this.x = longer(this.x, new Float64Array(length));
    this.y = longer(this.y, new Float64Array(length));
    this.width = longer(this.width, new Float64Array(length));
    this.height = longer(this.height, new Float64Array(length));
    this.kind = longer(this.kind, new Uint8Array(length));
    this.occupant = longer(this.occupant, new Int32Array(length));
    this.isHeld = longer(this.isHeld, new Uint8Array(length));
  }
}

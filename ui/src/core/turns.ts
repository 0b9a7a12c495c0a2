// One part of the screen a frame. Without a graphics card the web view draws the rectangle around all that
// has changed, so a figure at the left and one at the right cost as much as the whole window: 25 ms in
// place of 8. Part by part a click is answered sooner, and nothing is shown later than a few frames on.
// What the market alone has moved rests a while between two frames of its part: no eye reads a table four
// times a second, and every frame takes from the time in which a click is answered.

/** What lies close together on the screen: the smaller the rectangle, the better. */
export type Part = 'LOG' | 'POSITIONS' | 'ORDERS' | 'HEAD' | 'TICKET' | 'PRICES';

/** The log first: whoever clicks looks there. */
export const PARTS: readonly Part[] = ['LOG', 'POSITIONS', 'ORDERS', 'HEAD', 'TICKET', 'PRICES'];

/** How long a part that only the market moves rests, in ms. The desk tells of the market every 250 ms, or
    of its clock every 500; a little less than two of the first, as no update comes to the millisecond. */
export const REST_MS = 450;

export class Turns {
  readonly #due = new Set<Part>();
  /** Due once they have rested. There is always an update after which they are asked for again. */
  readonly #calm = new Set<Part>();
  readonly #shownMs = new Map<Part, number>();
  #last: Part | null = null;
  /** The last part that was not the log. */
  #rotor = 0;

  add(parts: Iterable<Part>): void {
    for (const part of parts) this.#due.add(part);
  }

  /** Parts that only the market has moved. */
  addCalm(parts: Iterable<Part>): void {
    for (const part of parts) this.#calm.add(part);
  }

  areDue(nowMs: number): boolean {
    return PARTS.some((part) => this.#isDue(part, nowMs));
  }

  /** The part of this frame, if any. The log goes before all others, but never twice while one of them
      waits. */
  next(nowMs: number): Part[] {
    const part = this.#choose(nowMs);
    if (part === null) return [];
    this.#show(part, nowMs);
    this.#last = part;
    if (part !== 'LOG') this.#rotor = PARTS.indexOf(part);
    return [part];
  }

  /** All that waits, rested or not, for a screen that has no frames. */
  all(nowMs: number): Part[] {
    const parts = PARTS.filter((part) => this.#due.has(part) || this.#calm.has(part));
    for (const part of parts) this.#show(part, nowMs);
    return parts;
  }

  #show(part: Part, nowMs: number): void {
    this.#due.delete(part);
    this.#calm.delete(part);
    this.#shownMs.set(part, nowMs);
  }

  #isDue(part: Part, nowMs: number): boolean {
    if (this.#due.has(part)) return true;
    return this.#calm.has(part) && nowMs - (this.#shownMs.get(part) ?? -Infinity) >= REST_MS;
  }

  #choose(nowMs: number): Part | null {
    const due = PARTS.filter((part) => this.#isDue(part, nowMs));
    if (due.includes('LOG') && (this.#last !== 'LOG' || due.length === 1)) return 'LOG';
    for (let step = 1; step <= PARTS.length; step += 1) {
      const part = PARTS[(this.#rotor + step) % PARTS.length];
      if (part !== undefined && part !== 'LOG' && due.includes(part)) return part;
    }
    return null;
  }
}

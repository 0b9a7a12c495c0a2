// One part of the screen a frame. Without a graphics card the web view draws the rectangle around all that
// has changed, so a figure at the left and one at the right cost as much as the whole window: 25 ms in
// place of 8. Part by part a click is answered sooner, and nothing is shown later than a few frames on.

/** What lies close together on the screen: the smaller the rectangle, the better. */
export type Part = 'LOG' | 'POSITIONS' | 'ORDERS' | 'HEAD' | 'TICKET' | 'PRICES';

/** The log first: whoever clicks looks there. */
export const PARTS: readonly Part[] = ['LOG', 'POSITIONS', 'ORDERS', 'HEAD', 'TICKET', 'PRICES'];

export class Turns {
  readonly #due = new Set<Part>();
  #last: Part | null = null;
  /** The last part that was not the log. */
  #rotor = 0;

  add(parts: Iterable<Part>): void {
    for (const part of parts) this.#due.add(part);
  }

  get areDue(): boolean {
    return this.#due.size > 0;
  }

  /** The part of this frame. The log goes before all others, but never twice while one of them waits. */
  next(): Part | null {
    const part = this.#choose();
    if (part === null) return null;
    this.#due.delete(part);
    this.#last = part;
    if (part !== 'LOG') this.#rotor = PARTS.indexOf(part);
    return part;
  }

  /** All that waits, for a screen that has no frames. */
  all(): Part[] {
    const parts = PARTS.filter((part) => this.#due.has(part));
    this.#due.clear();
    return parts;
  }

  #choose(): Part | null {
    if (this.#due.has('LOG') && (this.#last !== 'LOG' || this.#due.size === 1)) return 'LOG';
    for (let step = 1; step <= PARTS.length; step += 1) {
      const part = PARTS[(this.#rotor + step) % PARTS.length];
      if (part !== undefined && part !== 'LOG' && this.#due.has(part)) return part;
    }
    return null;
  }
}

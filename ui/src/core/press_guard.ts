// One intent, one order: a second press on the same side within a moment is a slip of the finger.

import type { Side } from '../backend/types';

export const TWIN_MS = 300;

export class PressGuard {
  readonly #pressedAtMs: Record<Side, number> = { BUY: -Infinity, SELL: -Infinity };

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** Another order is on the ticket: the next press is no twin of the last. */
  forget(): void {
    this.#pressedAtMs.BUY = -Infinity;
    this.#pressedAtMs.SELL = -Infinity;
  }

  /** True when the press counts. A press that does not count does not extend the wait. */
  press(side: Side): boolean {
    const now = this.nowMs();
    if (now - this.#pressedAtMs[side] < TWIN_MS) return false;
    this.#pressedAtMs[side] = now;
    return true;
  }
}

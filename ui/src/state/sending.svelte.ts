// How a press on Buy or Sell becomes an order: one press sends, or a first press arms this very order for
// a moment and a second one sends. With real money one-click is off until the trader switches it on, and
// off again with every start, mode and loss of the screen.

import type { DeskMode, Side } from '../backend/types';
import type { Preferences } from './preferences.svelte';

/** How long an armed order waits for its second press. */
export const ARMED_MS = 3_000;
/** With real money one-click ends when nothing was sent for so long. */
export const IDLE_MS = 15 * 60_000;

export class Sending {
  armed = $state<Side | null>(null);
  #mode = $state<DeskMode>('MOCK');
  #liveOneClick = $state(false);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #idle: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly preferences: Pick<Preferences, 'oneClick'>) {}

  /** Whether one press sends. */
  get oneClick(): boolean {
    return this.#mode === 'LIVE' ? this.#liveOneClick : this.preferences.oneClick;
  }

  set oneClick(on: boolean) {
    this.disarm();
    if (this.#mode === 'LIVE') {
      this.#liveOneClick = on;
      this.#restartIdle();
    } else {
      this.preferences.oneClick = on;
    }
  }

  /** Another mode starts without anything armed. */
  mode(mode: DeskMode): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.reset();
  }

  /** The screen was lost, or the trader has looked away for long. */
  reset(): void {
    this.disarm();
    this.#liveOneClick = false;
  }

  /** True when this press sends; otherwise it has armed the side. What is unusual is always armed first. */
  press(side: Side, isUnusual = false): boolean {
    if ((this.oneClick && !isUnusual) || this.armed === side) {
      this.disarm();
      if (this.#mode === 'LIVE') this.#restartIdle();
      return true;
    }
    this.disarm();
    this.armed = side;
    this.#timer = setTimeout(() => this.disarm(), ARMED_MS);
    return false;
  }

  disarm(): void {
    this.armed = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #restartIdle(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.reset(), IDLE_MS);
  }
}

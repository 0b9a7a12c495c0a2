// What the last start found. It is asked for until everything has been decided, and again when the desk
// could not watch for a while.

import type { Backend } from '../backend/backend';
import type { RecoveryAnswer } from '../backend/types';
import type { OrderLog } from '../core/order_log';
import { isReturn, type RecoveryWeight, weightOf } from '../core/recovery';

/** How often a report that still grows is asked for. */
export const AGAIN_MS = 500;

export class Recovery {
  report = $state.raw<RecoveryAnswer | null>(null);
  /** The whole report is looked at. */
  open = $state(false);

  #dismissed = $state<string | null>(null);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #looked = -1;

  constructor(private readonly backend: Pick<Backend, 'recovery'>) {}

  /** How loudly it must be said; nothing where there is nothing to say or it was put away. */
  get weight(): RecoveryWeight {
    const { report } = this;
    if (report === null || this.#dismissed === report.returnedAt) return 'NOTHING';
    return weightOf(report);
  }

  async ask(): Promise<void> {
    this.end();
    try {
      this.report = await this.backend.recovery();
      if (this.report?.done === false) this.#again();
    } catch {
      this.#again();
    }
  }

  /** Asks anew when the log says that the desk was away. */
  take(log: OrderLog): void {
    const newest = log.newest()?.n ?? -1;
    const fresh = log.after(newest < this.#looked ? -1 : this.#looked);
    this.#looked = newest;
    if (fresh.some(isReturn)) void this.ask();
  }

  dismiss(): void {
    this.#dismissed = this.report?.returnedAt ?? null;
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #again(): void {
    this.#timer = setTimeout(() => void this.ask(), AGAIN_MS);
  }
}

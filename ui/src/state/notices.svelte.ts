// Notices of the program, each until it is put away. Those from before the window opened count too.

import type { LogRow } from '../backend/types';
import { isNotice } from '../core/notices';
import type { OrderLog } from '../core/order_log';

export class Notices {
  shown = $state.raw<readonly LogRow[]>([]);
  #looked = -1;

  /** Looks at the rows that are new since the last look. */
  take(log: OrderLog): void {
    const newest = log.newest()?.n ?? -1;
    if (newest < this.#looked) {
      // Another desk: what the one before had to say is over.
      this.#looked = -1;
      this.shown = [];
    }
    const fresh = log.after(this.#looked).filter(isNotice);
    this.#looked = newest;
    if (fresh.length > 0) this.shown = [...this.shown, ...fresh];
  }

  dismiss(): void {
    this.shown = [];
  }
}

// One flatten at a time, and its receipt until it is put away. Pressing again joins the one under way.

import { type Backend, readFault } from '../backend/backend';
import type { FlattenAnswer } from '../backend/types';
import { faultWords } from '../core/words';

export class Flatten {
  underWay = $state(false);
  answer = $state.raw<FlattenAnswer | null>(null);
  fault = $state<string | null>(null);
  /** Time from the press to the answer. */
  tookMs = $state<number | null>(null);

  constructor(private readonly backend: Backend) {}

  async start(): Promise<void> {
    if (this.underWay) return;
    this.underWay = true;
    this.dismiss();
    const pressedAtMs = performance.now();
    try {
      this.answer = await this.backend.flattenAll();
    } catch (thrown) {
      this.fault = faultWords(readFault(thrown));
    } finally {
      this.tookMs = Math.round(performance.now() - pressedAtMs);
      this.underWay = false;
    }
  }

  dismiss(): void {
    this.answer = null;
    this.fault = null;
    this.tookMs = null;
  }
}

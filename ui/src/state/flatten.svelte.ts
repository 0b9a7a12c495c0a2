// The flatten under way, and the receipt of the last until it is put away. Pressing again joins the one
// under way. One from the native menu shows the same; it never stands in the way of a press here.

import { type Backend, type FlattenListener, readFault } from '../backend/backend';
import type { FlattenAnswer } from '../backend/types';
import { faultWords } from '../core/words';

export class Flatten implements FlattenListener {
  answer = $state.raw<FlattenAnswer | null>(null);
  fault = $state<string | null>(null);
  /** Time from the press to the answer. */
  tookMs = $state<number | null>(null);

  #pressed = $state(false);
  #elsewhere = $state(false);
  #startedAtMs = 0;

  constructor(private readonly backend: Pick<Backend, 'flattenAll'>) {}

  get underWay(): boolean {
    return this.#pressed || this.#elsewhere;
  }

  async start(): Promise<void> {
    if (this.#pressed) return;
    this.#begin();
    this.#pressed = true;
    try {
      this.answered(await this.backend.flattenAll());
    } catch (thrown) {
      this.failed(thrown);
    } finally {
      this.#pressed = false;
    }
  }

  started(): void {
    this.#begin();
    this.#elsewhere = true;
  }

  answered(answer: FlattenAnswer): void {
    this.answer = answer;
    this.fault = null;
    this.#end();
  }

  failed(thrown: unknown): void {
    this.fault = faultWords(readFault(thrown));
    this.#end();
  }

  dismiss(): void {
    this.answer = null;
    this.fault = null;
    this.tookMs = null;
  }

  #begin(): void {
    if (this.underWay) return;
    this.dismiss();
    this.#startedAtMs = performance.now();
  }

  #end(): void {
    this.tookMs = Math.round(performance.now() - this.#startedAtMs);
    this.#elsewhere = false;
  }
}

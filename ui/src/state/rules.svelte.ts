// The rules of the account as the desk last told them. They are asked for once a second while the window is
// seen: the desk acts by itself, this only shows it.

import type { Backend } from '../backend/backend';
import type { RulesPanel } from '../backend/types';

export const ASK_MS = 1_000;

export class RulesView {
  panel = $state.raw<RulesPanel | null>(null);
  #timer: ReturnType<typeof setInterval> | null = null;
  #asking = false;

  constructor(
    private readonly backend: Pick<Backend, 'rulesPanel'>,
    /** The symbols whose room is shown. */
    private readonly symbols: () => readonly string[],
  ) {}

  start(): void {
    this.#timer = setInterval(() => {
      if (!document.hidden) void this.ask();
    }, ASK_MS);
    void this.ask();
  }

  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** One question at a time: a slow desk is not asked faster than it answers. */
  async ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      this.panel = await this.backend.rulesPanel([...this.symbols()]);
    } catch {
      // What is not known is not shown; the header says that the screen is not live.
      this.panel = null;
    } finally {
      this.#asking = false;
    }
  }
}

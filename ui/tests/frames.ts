import type { Frames } from '../src/core/frame';

/** Frames and timers that run when a test says so. */
export class HandFrames implements Frames {
  readonly #frames = new Map<number, () => void>();
  readonly #timers = new Map<number, () => void>();
  #next = 1;

  request(work: () => void): number {
    this.#frames.set(this.#next, work);
    return this.#next++;
  }

  cancel(handle: number): void {
    this.#frames.delete(handle);
  }

  delay(work: () => void): number {
    this.#timers.set(this.#next, work);
    return this.#next++;
  }

  undelay(handle: number): void {
    this.#timers.delete(handle);
  }

  frame(): void {
    run(this.#frames);
  }

  timers(): void {
    run(this.#timers);
  }
}

function run(works: Map<number, () => void>): void {
  const due = [...works.values()];
  works.clear();
  for (const work of due) work();
}

// Work once per frame. However often it is asked for, the work runs once; where frames stand still,
// as in a hidden window, a timer does it instead, so that nothing piles up; the work is told which it was.

export interface Frames {
  request(work: () => void): number;
  cancel(handle: number): void;
  delay(work: () => void, ms: number): number;
  undelay(handle: number): void;
}

export const windowFrames: Frames = {
  request: (work) => requestAnimationFrame(work),
  cancel: (handle) => cancelAnimationFrame(handle),
  delay: (work, ms) => window.setTimeout(work, ms),
  undelay: (handle) => window.clearTimeout(handle),
};

/** A frame that has not come after this long is not coming: the window is hidden. */
export const FRAME_WAIT_MS_MAX = 250;

export class OncePerFrame {
  #frame: number | null = null;
  #timer: number | null = null;

  constructor(
    private readonly work: (framed: boolean) => void,
    private readonly frames: Frames = windowFrames,
  ) {}

  ask(): void {
    if (this.isAsked) return;
    this.#frame = this.frames.request(() => this.#run(true));
    this.#timer = this.frames.delay(() => this.#run(false), FRAME_WAIT_MS_MAX);
  }

  get isAsked(): boolean {
    return this.#frame !== null || this.#timer !== null;
  }

  stop(): void {
    if (this.#frame !== null) this.frames.cancel(this.#frame);
    if (this.#timer !== null) this.frames.undelay(this.#timer);
    this.#frame = null;
    this.#timer = null;
  }

  #run(framed: boolean): void {
    this.stop();
    this.work(framed);
  }
}

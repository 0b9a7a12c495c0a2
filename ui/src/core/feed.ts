// From numbered batches to one state per frame. A hole in the numbers makes the state worthless, so a
// new snapshot is asked for; what arrives meanwhile waits and is applied on top of it.

import type { Backend } from '../backend/backend';
import type { Snapshot } from '../backend/types';
import { type Batch, collect, type DeskState, fold, fromSnapshot, nothingPending } from './desk_state';
import { type Frames, OncePerFrame, windowFrames } from './frame';
import { Sequence } from './sequence';

/** Batches kept while a snapshot is under way. More than that is a flood; then the next snapshot holds it all. */
export const WAITING_MAX = 2_000;
/** Between two tries to get a snapshot, so that a desk in trouble is not flooded with questions. */
export const RETRY_MS = 500;

export interface FeedView {
  /** `framed`: in a frame of the screen, not by a timer because there are none. */
  show(state: DeskState, framed: boolean): void;
  /** False, with the reason, while what is on the screen may not be what is. */
  live(is: boolean, why: string | null): void;
}

type FeedSource = Pick<Backend, 'snapshot' | 'subscribe'>;

export class Feed {
  #state: DeskState | null = null;
  #sequence: Sequence | null = null;
  #pending = nothingPending();
  #waiting: Batch[] = [];
  #asking = false;
  #stopped = false;
  #unsubscribe: (() => void) | null = null;
  readonly #flush: OncePerFrame;

  constructor(
    private readonly source: FeedSource,
    private readonly view: FeedView,
    private readonly frames: Frames = windowFrames,
  ) {
    this.#flush = new OncePerFrame((framed) => this.#show(framed), frames);
  }

  /** Listens first and asks for the snapshot then, so that nothing falls between the two. */
  async start(): Promise<void> {
    const unsubscribe = await this.source.subscribe({
      orderLog: (event) => this.take({ kind: 'LOG', ...event }),
      positionUpdate: (event) => this.take({ kind: 'POSITIONS', ...event }),
      deskUpdate: (event) => this.take({ kind: 'DESK', ...event }),
    });
    if (this.#stopped) {
      unsubscribe();
      return;
    }
    this.#unsubscribe = unsubscribe;
    await this.#resync();
  }

  stop(): void {
    this.#stopped = true;
    this.#flush.stop();
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }

  take(batch: Batch): void {
    if (this.#stopped) return;
    if (this.#sequence === null) {
      this.#keep(batch);
      return;
    }
    switch (this.#sequence.judge(batch)) {
      case 'STALE':
        return;
      case 'NEXT':
        collect(this.#pending, batch);
        this.#flush.ask();
        return;
      case 'GAP':
        this.view.live(false, 'updates were lost, the screen is being read again');
        this.#sequence = null;
        this.#keep(batch);
        void this.#resync();
    }
  }

  #keep(batch: Batch): void {
    this.#waiting.push(batch);
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift();
  }

  /** One question at a time, and a pause after each, so that a broken stream cannot become a storm. */
  async #resync(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    let snapshot: Snapshot | null = null;
    try {
      snapshot = await this.source.snapshot();
    } catch {
      this.view.live(false, 'the desk does not answer');
    }
    this.frames.delay(() => {
      this.#asking = false;
      if (!this.#stopped && this.#sequence === null) void this.#resync();
    }, RETRY_MS);
    if (snapshot !== null) this.#restart(snapshot);
  }

  #restart(snapshot: Snapshot): void {
    if (this.#stopped) return;
    this.#state = fromSnapshot(snapshot, this.#state);
    this.#pending = nothingPending();
    this.#sequence = new Sequence(snapshot.seq);
    this.view.live(true, null);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const batch of waiting) this.take(batch);
    this.#flush.ask();
  }

  #show(framed: boolean): void {
    if (this.#state === null) return;
    this.#state = fold(this.#state, this.#pending);
    this.#pending = nothingPending();
    this.view.show(this.#state, framed);
  }
}

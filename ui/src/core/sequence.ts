// The numbers of the batches. One counter runs through all kinds of batches; a frame may send one
// batch of each kind under one number.

import type { Batch } from './desk_state';

export type Arrival = 'NEXT' | 'STALE' | 'GAP';

export class Sequence {
  #newest: number;
  #kindsOfNewest = new Set<Batch['kind']>();

  constructor(seq: number) {
    this.#newest = seq;
    // A snapshot holds everything up to its number.
    this.#kindsOfNewest = new Set(['LOG', 'POSITIONS', 'DESK']);
  }

  judge(batch: Pick<Batch, 'kind' | 'seq'>): Arrival {
    if (batch.seq === this.#newest && !this.#kindsOfNewest.has(batch.kind)) {
      this.#kindsOfNewest.add(batch.kind);
      return 'NEXT';
    }
    if (batch.seq <= this.#newest) return 'STALE';
    if (batch.seq > this.#newest + 1) return 'GAP';
    this.#newest = batch.seq;
    this.#kindsOfNewest = new Set([batch.kind]);
    return 'NEXT';
  }
}

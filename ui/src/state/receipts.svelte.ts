// The receipt that is looked at: of a stop or target, or of a flatten. One at a time.

import { type Backend, readFault } from '../backend/backend';
import type { FlattenReceipt, TriggerReceipt } from '../backend/types';
import { faultWords } from '../core/words';

type Asked = Pick<Backend, 'triggerReceipt' | 'flattenReceipts'>;

export type Receipt =
  | { kind: 'TRIGGER'; trigger: TriggerReceipt }
  | { kind: 'FLATTEN'; flatten: FlattenReceipt }
  | { kind: 'NONE'; why: string };

export class Receipts {
  /** The lot or flatten: `L0`, `F0`; null while none is looked at. */
  id = $state<string | null>(null);
  shown = $state.raw<Receipt | null>(null);

  constructor(private readonly backend: Asked) {}

  get open(): boolean {
    return this.id !== null;
  }

  set open(open: boolean) {
    if (!open) this.close();
  }

  async look(id: string): Promise<void> {
    if (this.id !== id) this.shown = null;
    this.id = id;
    const receipt = await this.#read(id);
    // Somebody has closed it, or looks at another.
    if (this.id === id) this.shown = receipt;
  }

  close(): void {
    this.id = null;
    this.shown = null;
  }

  async #read(id: string): Promise<Receipt> {
    try {
      if (id.startsWith('L')) return { kind: 'TRIGGER', trigger: await this.backend.triggerReceipt(id) };
      const flatten = (await this.backend.flattenReceipts()).find((it) => it.flatten === id);
      if (flatten !== undefined) return { kind: 'FLATTEN', flatten };
      return { kind: 'NONE', why: `${id} has not answered yet, or belongs to an earlier run: its steps are in the history.` };
    } catch (thrown) {
      return { kind: 'NONE', why: faultWords(readFault(thrown)) };
    }
  }
}

// The verdict for the next click. Each change asks anew; an answer to an older question is dropped,
// and until the new one is there, there is no verdict.

import type { Backend } from '../backend/backend';
import type { OrderRequest, Side, Verdict } from '../backend/types';

export interface Verdicts {
  BUY: Verdict | null;
  SELL: Verdict | null;
}

export const NO_VERDICTS: Verdicts = { BUY: null, SELL: null };

export class GateQuestions {
  #question = 0;
  #request = '';
  #underWay = false;
  #again = false;

  constructor(
    private readonly backend: Pick<Backend, 'canSubmitOrder'>,
    private readonly show: (verdicts: Verdicts) => void,
  ) {}

  /**
   * Asks about both sides. The same order asked about again keeps its verdict meanwhile, and waits for
   * the question under way: a slow desk must not be asked faster than it answers.
   */
  async ask(order: OrderRequest): Promise<void> {
    const request = JSON.stringify(order);
    const same = request === this.#request;
    if (same && this.#underWay) {
      this.#again = true;
      return;
    }
    if (!same) this.show(NO_VERDICTS);
    this.#request = request;
    this.#underWay = true;
    this.#again = false;
    const question = ++this.#question;
    const verdicts = await Promise.all([this.#answer('BUY', order), this.#answer('SELL', order)]);
    if (question !== this.#question) return;
    this.#underWay = false;
    this.show({ BUY: verdicts[0], SELL: verdicts[1] });
    if (this.#again) await this.ask(order);
  }

  /** No answer is no verdict: the desk checks again when the order comes. */
  async #answer(side: Side, order: OrderRequest): Promise<Verdict | null> {
    try {
      return await this.backend.canSubmitOrder({ ...order, side });
    } catch {
      return null;
    }
  }
}

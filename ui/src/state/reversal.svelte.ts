// Turns a position around in two steps; a first press only arms it. Off until the trader switches it on.

import { type Backend, readFault } from '../backend/backend';
import type { InstrumentRow, PositionRow } from '../backend/types';
import { refusalWords } from '../core/reasons';
import { type Closing, closeState, openingOf, type ReversalLegs } from '../core/reversal';
import { faultWords } from '../core/words';
import type { DeskView } from './desk_view.svelte';
import { ARMED_MS } from './sending.svelte';

/** A close that has not filled after so long ends the reversal: what was wanted then is old. */
export const CLOSE_MS_MAX = 5_000;

type Desk = Pick<DeskView, 'log' | 'positions' | 'status'> & { instrument: (symbol: string) => InstrumentRow | null };

export class Reversal {
  /** The contract whose button was pressed once. */
  armed = $state<string | null>(null);
  /** The contract that is being turned around. */
  underWay = $state<string | null>(null);
  /** What became of it, where that is not what was wanted. */
  said = $state<string | null>(null);

  #closing: Closing | null = null;
  #arming: ReturnType<typeof setTimeout> | null = null;
  #limit: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly backend: Pick<Backend, 'closePosition' | 'placeBuy' | 'placeSell'>,
    private readonly desk: Desk,
  ) {}

  /** The first press arms, the second one within three seconds closes. */
  press(row: PositionRow, legs: ReversalLegs): void {
    if (this.underWay !== null) return;
    const goes = this.armed === row.contract;
    this.disarm();
    if (goes) {
      void this.#close(row, legs);
      return;
    }
    this.said = null;
    if (row.qty > 0 && this.desk.status?.shortSelling === false) {
      this.said = `${row.contract} cannot be turned around: short selling is off.`;
      return;
    }
    this.armed = row.contract;
    this.#arming = setTimeout(() => this.disarm(), ARMED_MS);
  }

  disarm(): void {
    this.armed = null;
    if (this.#arming !== null) clearTimeout(this.#arming);
    this.#arming = null;
  }

  /** The desk has changed: perhaps the position is flat by now. */
  look(): void {
    const closing = this.#closing;
    if (closing === null) return;
    const state = closeState(closing, this.desk.log.after(closing.afterRow));
    if (state.kind === 'ENDED') this.#end(`${closing.contract} not turned around: ${state.words}. Nothing was opened.`);
    const net = this.desk.positions.find((row) => row.contract === closing.contract)?.qty;
    if (state.kind === 'FILLED' && net === 0) void this.#open(closing);
  }

  async #close(row: PositionRow, legs: ReversalLegs): Promise<void> {
    this.said = null;
    this.underWay = row.contract;
    const afterRow = this.desk.log.newest()?.n ?? 0;
    try {
      const answer = await this.backend.closePosition(row.symbol, 'ALL');
      if (answer.status === 'REJECTED' || answer.status === 'FAILED') {
        this.#end(`${row.contract} not closed. ${refusalWords(answer.reason, answer.message)}`);
        return;
      }
      const { contract, symbol } = row;
      const opens = row.qty > 0 ? 'SELL' : 'BUY';
      this.#closing = { contract, symbol, qty: Math.abs(row.qty), opens, legs, orderId: answer.orderId, afterRow };
      this.#limit = setTimeout(() => this.#end(`${contract} not turned around: its close has not filled. Nothing was opened.`), CLOSE_MS_MAX);
      this.look();
    } catch (thrown) {
      this.#end(`${row.contract} not closed. ${faultWords(readFault(thrown))}`);
    }
  }

  async #open(closing: Closing): Promise<void> {
    this.#forget();
    const order = openingOf(closing);
    try {
      const answer = await (closing.opens === 'BUY' ? this.backend.placeBuy(order) : this.backend.placeSell(order));
      const refused = answer.status === 'REJECTED' || answer.status === 'FAILED';
      this.#end(refused ? `${closing.contract} is closed, the other side was refused. ${refusalWords(answer.reason, answer.message)}` : null);
    } catch (thrown) {
      this.#end(`${closing.contract} is closed, the other side was not opened. ${faultWords(readFault(thrown))}`);
    }
  }

  #end(said: string | null): void {
    this.#forget();
    this.said = said;
    this.underWay = null;
  }

  #forget(): void {
    this.#closing = null;
    if (this.#limit !== null) clearTimeout(this.#limit);
    this.#limit = null;
  }
}

// The market of the scripted desk: prices that walk, orders that are accepted and filled, stops that fire.

import type { ClosedPosition, LogAction, LogRow, Settings, Side } from '../types';
import { type Book, cents, type Lot, type ScriptedOrder, signed } from './book';
import type { Chance } from './chance';
import type { ScriptedJournal } from './journal';
import { priceOf, type Product, PRODUCTS } from './products';

export const STEP_MS = 50;

/** What the market needs of the desk around it. */
export interface Ground {
  book: Book;
  journal: ScriptedJournal;
  chance: Chance;
  exitsStayOpen: boolean;
  market(): Settings['mock'];
  nowMs(): number;
  at(): string;
  write(action: LogAction, order: ScriptedOrder | null, reason: string | null): LogRow;
  accepted(order: ScriptedOrder): void;
  closed(position: ClosedPosition): void;
}

export class Exchange {
  readonly #ground: Ground;
  #lots = 0;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  send(id: string, product: Product, side: Side, qty: number, closes: string | null): ScriptedOrder {
    const { delayMsMin, delayMsMax } = this.#ground.market();
    const acceptAtMs = this.#ground.nowMs() + this.#ground.chance.whole(delayMsMin, delayMsMax);
    const order: ScriptedOrder = {
      id,
      product,
      side,
      qty,
      type: 'MARKET',
      limitTicks: null,
      stopTicks: null,
      targetTicks: null,
      status: 'PENDING',
      submittedAt: this.#ground.at(),
      cancelling: false,
      acceptAtMs,
      fillAtMs: acceptAtMs + STEP_MS,
      closes,
      fillTicks: null,
    };
    this.#ground.book.orders.push(order);
    return order;
  }

  moveMarket(): void {
    for (const product of PRODUCTS) {
      const step = this.#ground.chance.whole(0, 9);
      const ticks = this.#ground.book.last(product) + (step === 0 ? -1 : step === 1 ? 1 : step === 2 ? this.#ground.chance.whole(-2, 2) : 0);
      this.#ground.book.lastTicks.set(product.symbol, ticks);
    }
    for (const lot of this.#ground.book.lots) {
      if (lot.exiting) continue;
      const last = this.#ground.book.last(lot.product);
      const away = lot.side === 'BUY' ? 1 : -1;
      const stopped = lot.stopTicks !== null && (last - lot.stopTicks) * away <= 0;
      const reached = lot.targetTicks !== null && (last - lot.targetTicks) * away >= 0;
      if ((stopped || reached) && lot.passed === undefined) this.fire(lot, stopped ? 'STOP' : 'TARGET');
    }
  }

  /** A stop or target fires at the last trade. */
  fire(lot: Lot, leg: 'STOP' | 'TARGET'): void {
    const { product, side, qty } = lot;
    const last = this.#ground.book.last(product);
    lot.exiting = true;
    lot.firedBy = leg;
    const fired = this.#ground.write(leg, null, null);
    const { symbol } = product;
    Object.assign(fired, { orderId: lot.openedBy, symbol, side, qty, price: priceOf(last, product), receipt: lot.id });
    const exit = this.send(`${lot.id}-X1`, product, side === 'BUY' ? 'SELL' : 'BUY', qty, lot.id);
    this.#ground.journal.fired(lot, last, this.#ground.at(), exit);
    this.#ground.write('SUBMIT', exit, null);
  }

  moveOrders(): void {
    for (const order of this.#ground.book.live()) {
      if (order.status === 'PENDING' && this.#ground.nowMs() >= order.acceptAtMs) {
        order.status = 'ACCEPTED';
        this.#ground.journal.accepted(order, this.#ground.at());
        this.#ground.write('ACCEPT', order, null);
        this.#ground.accepted(order);
      }
      if (order.wanted && order.status === 'ACCEPTED') {
        Object.assign(order, order.wanted, { wanted: null });
        this.#ground.write('CHANGE', order, 'changed');
      }
      if (order.cancelling && order.status === 'ACCEPTED') {
        order.status = 'CANCELLED';
        this.#ground.write('CANCEL', order, null);
      }
      if (order.status === 'ACCEPTED' && this.#fills(order)) this.#fill(order);
    }
  }

  #fills(order: ScriptedOrder): boolean {
    if (this.#ground.nowMs() < order.fillAtMs) return false;
    if (order.closes !== null && this.#ground.exitsStayOpen) return false;
    if (order.limitTicks === null) return true;
    const through = this.#ground.book.last(order.product) - order.limitTicks;
    return order.side === 'BUY' ? through < 0 : through > 0;
  }

  #fill(order: ScriptedOrder): void {
    const { slippageTicksMin, slippageTicksMax } = this.#ground.market();
    const slip = this.#ground.chance.whole(slippageTicksMin, slippageTicksMax);
    const price = order.limitTicks ?? this.#ground.book.last(order.product) + signed(order.side, slip);
    order.fillTicks = price;
    order.status = 'FILLED';
    this.#ground.book.charge(order.product, order.qty);
    this.#ground.journal.filled(order, this.#ground.at());
    this.#ground.write('FILL', order, null);
    const { pnlCents, qtyLeft } = this.#ground.book.reduce(order.product, order, order.qty, price, this.#ground.at());
    if (qtyLeft > 0 && order.closes === null) {
      const stop = order.stopTicks ?? awayFrom(price, order.side, -(order.stopAway ?? order.trailTicks ?? 0));
      this.#ground.book.lots.push({
        id: `L${this.#lots++}`,
        openedBy: order.id,
        product: order.product,
        side: order.side,
        qty: qtyLeft,
        entryTicks: price,
        stopTicks: stop,
        firstStopTicks: stop,
        targetTicks: order.targetTicks ?? awayFrom(price, order.side, order.targetAway ?? 0),
        exiting: false,
        openedAt: this.#ground.at(),
        trailTicks: order.trailTicks ?? null,
        evenAfterTicks: null,
      });
      return;
    }
    order.status = 'CLOSED';
    this.#ground.write('CLOSE', order, null);
    this.#ground.closed({
      symbol: order.product.symbol,
      qty: order.qty,
      exitPrice: priceOf(price, order.product),
      orderId: order.id,
      realizedPnl: cents(pnlCents),
    });
  }
}

/** So many ticks from a fill, with the trader's sign; null for no distance. */
function awayFrom(price: number, side: Side, ticks: number): number | null {
  return ticks === 0 ? null : price + signed(side, ticks);
}

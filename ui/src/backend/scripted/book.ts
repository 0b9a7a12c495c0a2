// Orders, lots and money of the scripted desk: a small imitation of the rules, enough to draw every
// state of the screen. It is not the engine.

import { decimalText } from '../../core/decimal';
import type { LogAction, LogRow, OrderType, PhantomRow, PositionRow, Side, TradeBy, TradeRow, WorkingRow } from '../types';
import { priceOf, type Product, PRODUCTS } from './products';

export interface ScriptedOrder {
  id: string;
  product: Product;
  side: Side;
  qty: number;
  type: OrderType;
  limitTicks: number | null;
  stopTicks: number | null;
  targetTicks: number | null;
  status: 'PENDING' | 'ACCEPTED' | 'FILLED' | 'CLOSED' | 'CANCELLED' | 'REJECTED' | 'FAILED';
  submittedAt: string;
  cancelling: boolean;
  acceptAtMs: number;
  fillAtMs: number;
  /** The lot that this order closes; null for an order of the trader. */
  closes: string | null;
  fillTicks: number | null;
  /** Terms that are on their way. */
  wanted?: { qty: number; limitTicks: number } | null;
  /** The same as distances from the fill. */
  stopAway?: number | null;
  targetAway?: number | null;
  trailTicks?: number | null;
}

export interface Lot {
  id: string;
  /** The order that opened it. */
  openedBy: string;
  product: Product;
  side: Side;
  qty: number;
  entryTicks: number;
  stopTicks: number | null;
  /** Where its stop first was. */
  firstStopTicks: number | null;
  targetTicks: number | null;
  exiting: boolean;
  /** The leg that fired. */
  firedBy?: 'STOP' | 'TARGET';
  /** What was passed while the desk was away, and waits. */
  passed?: 'STOP' | 'TARGET' | undefined;
  openedAt: string;
  trailTicks: number | null;
  evenAfterTicks: number | null;
}

export interface Reduction {
  pnlCents: number;
  qtyLeft: number;
}

const LIVE: readonly ScriptedOrder['status'][] = ['PENDING', 'ACCEPTED'];

export class Book {
  readonly orders: ScriptedOrder[] = [];
  readonly log: LogRow[] = [];
  readonly trades: TradeRow[] = [];
  lots: Lot[] = [];
  readonly lastTicks = new Map<string, number>();
  readonly #realizedCents = new Map<string, number>();
  readonly #feeCents = new Map<string, number>();

  constructor() {
    for (const product of PRODUCTS) this.lastTicks.set(product.symbol, product.openTicks);
  }

  products(): readonly Product[] {
    return PRODUCTS;
  }

  last(product: Product): number {
    return this.lastTicks.get(product.symbol) ?? product.openTicks;
  }

  live(): ScriptedOrder[] {
    return this.orders.filter((order) => LIVE.includes(order.status));
  }

  net(product: Product): number {
    return this.lots
      .filter((lot) => lot.product === product)
      .reduce((total, lot) => total + signed(lot.side, lot.qty), 0);
  }

  write(action: LogAction, timestamp: string, order: ScriptedOrder | null, reason: string | null): LogRow {
    const row: LogRow = {
      n: this.log.length + 1,
      orderId: order?.id ?? null,
      action,
      symbol: order?.product.symbol ?? null,
      side: order?.side ?? null,
      qty: order?.qty ?? null,
      price: order === null ? null : priceOrNull(order.limitTicks, order.product),
      fillPrice: order === null ? null : priceOrNull(order.fillTicks, order.product),
      timestamp,
      reason,
      status: order?.status ?? null,
      sinceMs: order === null || action === 'SUBMIT' ? null : Date.parse(timestamp) - Date.parse(order.submittedAt),
      receipt: receiptOf(order?.id ?? null),
    };
    this.log.push(row);
    return row;
  }

  /** Takes contracts off the lots on the other side, oldest first or from one lot alone. */
  reduce(product: Product, order: ScriptedOrder, qty: number, exitTicks: number, at: string): Reduction {
    const { side } = order;
    const lotId = order.closes === 'ALL' ? null : order.closes;
    let qtyLeft = qty;
    let pnlCents = 0;
    for (const lot of this.lots) {
      const fits = lot.product === product && lot.side !== side && (lotId === null || lot.id === lotId);
      if (!fits || qtyLeft === 0) continue;
      const taken = Math.min(lot.qty, qtyLeft);
      const move = lot.side === 'BUY' ? exitTicks - lot.entryTicks : lot.entryTicks - exitTicks;
      pnlCents += move * product.tickValueCents * taken;
      lot.qty -= taken;
      this.trades.push(tradeOf(this.trades.length + 1, lot, order, taken, exitTicks, at, move * product.tickValueCents * taken));
      qtyLeft -= taken;
    }
    this.lots = this.lots.filter((lot) => lot.qty > 0);
    add(this.#realizedCents, product.symbol, pnlCents);
    return { pnlCents, qtyLeft };
  }

  charge(product: Product, qty: number): void {
    add(this.#feeCents, product.symbol, product.feeCents * qty);
  }

  dayRealized(): string {
    return cents(sum(this.#realizedCents));
  }

  dayFees(): string {
    return cents(sum(this.#feeCents));
  }

  dayUnrealized(): string {
    return cents(PRODUCTS.reduce((total, product) => total + this.#openCents(product), 0));
  }

  positionRows(): PositionRow[] {
    return PRODUCTS.filter((product) => this.#seen(product)).map((product) => {
      const lots = this.lots.filter((lot) => lot.product === product);
      const qty = this.net(product);
      return {
        symbol: product.symbol,
        contract: product.contract,
        qty,
        avgPrice: averagePrice(lots, product),
        lastPrice: priceOf(this.last(product), product),
        unrealizedPnl: qty === 0 ? null : cents(this.#openCents(product)),
        liquidationPnl: qty === 0 ? null : cents(this.#openCents(product) - Math.abs(qty) * product.tickValueCents),
        firstRisk: firstRisk(lots),
        openedAt: lots[0]?.openedAt ?? null,
        realizedPnl: cents(this.#realizedCents.get(product.symbol) ?? 0),
        fees: cents(this.#feeCents.get(product.symbol) ?? 0),
        protectedQty: lots.reduce((total, lot) => total + (lot.stopTicks === null ? 0 : lot.qty), 0),
      };
    });
  }

  workingRows(): WorkingRow[] {
    return this.live().map((order) => ({
      orderId: order.id,
      symbol: order.product.symbol,
      side: order.side,
      qty: order.qty,
      filled: 0,
      type: order.type,
      price: priceOrNull(order.limitTicks, order.product),
      status: order.status,
      unknown: false,
      submittedAt: order.submittedAt,
      cancelling: order.cancelling,
      changing: order.wanted !== undefined && order.wanted !== null,
      newQty: order.wanted?.qty ?? null,
      newPrice: order.wanted ? priceOf(order.wanted.limitTicks, order.product) : null,
      reduces: order.closes !== null,
      changeable: order.limitTicks !== null && order.closes === null,
    }));
  }

  phantomRows(): PhantomRow[] {
    return this.lots
      .filter((lot) => lot.stopTicks !== null || lot.targetTicks !== null)
      .map((lot) => {
        const last = this.last(lot.product);
        return {
          lot: lot.id,
          symbol: lot.product.symbol,
          side: lot.side,
          qty: lot.qty,
          entryPrice: priceOf(lot.entryTicks, lot.product),
          stopPrice: priceOrNull(lot.stopTicks, lot.product),
          takeProfit: priceOrNull(lot.targetTicks, lot.product),
          trailing: lot.trailTicks !== null,
          trailTicks: lot.trailTicks,
          breakEven: lot.evenAfterTicks !== null,
          stopPnl: legPnl(lot, lot.stopTicks),
          targetPnl: legPnl(lot, lot.targetTicks),
          openedAt: lot.openedAt,
          state: lot.exiting ? 'EXITING' : 'ARMED',
          stopDistanceTicks: lot.stopTicks === null ? null : Math.abs(last - lot.stopTicks),
          targetDistanceTicks: lot.targetTicks === null ? null : Math.abs(lot.targetTicks - last),
          passed: lot.passed ?? null,
        };
      });
  }

  #seen(product: Product): boolean {
    return this.#feeCents.has(product.symbol);
  }

  #openCents(product: Product): number {
    return this.lots
      .filter((lot) => lot.product === product)
      .reduce((total, lot) => {
        const move = this.last(product) - lot.entryTicks;
        return total + (lot.side === 'BUY' ? move : -move) * product.tickValueCents * lot.qty;
      }, 0);
  }
}

/** Exits say in their id whose receipt tells of them. */
function receiptOf(orderId: string | null): string | null {
  return /^([LF]\d+)-/.exec(orderId ?? '')?.[1] ?? null;
}

function legPnl(lot: Lot, ticks: number | null): string | null {
  if (ticks === null) return null;
  const move = lot.side === 'BUY' ? ticks - lot.entryTicks : lot.entryTicks - ticks;
  return cents(move * lot.product.tickValueCents * lot.qty);
}

/** What the first stops would have lost; null where a lot had none that loses. */
function firstRisk(lots: readonly Lot[]): string | null {
  const losses = lots.map((lot) => -firstStopCents(lot));
  return losses.length === 0 || losses.some((loss) => loss <= 0) ? null : cents(losses.reduce((total, loss) => total + loss, 0));
}

function firstStopCents(lot: Lot): number {
  if (lot.firstStopTicks === null) return 0;
  const move = lot.side === 'BUY' ? lot.firstStopTicks - lot.entryTicks : lot.entryTicks - lot.firstStopTicks;
  return move * lot.product.tickValueCents * lot.qty;
}

function tradeOf(n: number, lot: Lot, order: ScriptedOrder, qty: number, exitTicks: number, at: string, pnlCents: number): TradeRow {
  return {
    n,
    lot: lot.id,
    symbol: lot.product.symbol,
    side: lot.side,
    qty,
    entryPrice: priceOf(lot.entryTicks, lot.product),
    exitPrice: priceOf(exitTicks, lot.product),
    enteredAt: lot.openedAt,
    exitedAt: at,
    by: byOf(lot, order),
    entryOrderId: lot.openedBy,
    exitOrderId: order.id,
    realizedPnl: cents(pnlCents),
    undone: false,
  };
}

function byOf(lot: Lot, order: ScriptedOrder): TradeBy {
  if (order.closes === null) return 'ORDER';
  if (order.closes === 'ALL') return 'FLATTEN';
  return lot.firedBy ?? 'STOP';
}

export function signed(side: Side, qty: number): number {
  return side === 'BUY' ? qty : -qty;
}

export function cents(amount: number): string {
  return decimalText(BigInt(amount), 2);
}

function priceOrNull(ticks: number | null, product: Product): string | null {
  return ticks === null ? null : priceOf(ticks, product);
}

function averagePrice(lots: readonly Lot[], product: Product): string | null {
  const qty = lots.reduce((total, lot) => total + lot.qty, 0);
  if (qty === 0) return null;
  const ticks = lots.reduce((total, lot) => total + lot.entryTicks * lot.qty, 0);
  // Shown to a hundredth of a tick where the average lies between ticks.
  if (ticks % qty === 0) return priceOf(ticks / qty, product);
  const hundredths = BigInt(Math.round((ticks * 100) / qty));
  const size = BigInt(Math.round(Number(product.tickSize) * 10_000));
  return decimalText(hundredths * size, 6).replace(/0{1,2}$/, '');
}

function add(sums: Map<string, number>, key: string, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount);
}

function sum(sums: ReadonlyMap<string, number>): number {
  return [...sums.values()].reduce((total, amount) => total + amount, 0);
}

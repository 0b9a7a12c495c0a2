// The scripted gate: the checks that the screen has to be able to show.

import { readPrice } from '../../core/tick';
import type { OrderRequest, Settings, Side, Verdict } from '../types';
import { type Book, cents, signed } from './book';
import { type Product, productOf } from './products';

const WITHOUT_STOP_TICKS = 40;
const START_CENTS = 5_000_000;
const FLOOR_CENTS = 4_800_000;

export interface ReadOrder {
  product: Product;
  qty: number;
  limitTicks: number | null;
  stopTicks: number | null;
  targetTicks: number | null;
}

export interface Refusal {
  reason: string;
  message: string;
}

export interface DeskFlags {
  killed: boolean;
  flattening: boolean;
}

export type GateAnswer =
  | { kind: 'ALLOWED'; order: ReadOrder; effect: 'OPENS' | 'REDUCES' }
  | { kind: 'REFUSED'; refusal: Refusal };

export function askGate(
  side: Side,
  request: OrderRequest,
  book: Book,
  settings: Settings,
  flags: DeskFlags,
): GateAnswer {
  const order = readOrder(side, request, book);
  if ('reason' in order) return { kind: 'REFUSED', refusal: order };
  const net = book.net(order.product);
  const reduces = net !== 0 && Math.sign(net) !== signed(side, 1);
  const refusal = reduces
    ? checkExit(order, net)
    : (checkState(flags) ?? checkEntry(side, order, net, book, settings));
  if (refusal !== null) return { kind: 'REFUSED', refusal };
  return { kind: 'ALLOWED', order, effect: reduces ? 'REDUCES' : 'OPENS' };
}

export function verdictOf(answer: GateAnswer, book: Book, settings: Settings): Verdict {
  const nothing = { warnings: [], worst: null, buyLeft: null, sellLeft: null };
  if (answer.kind === 'REFUSED') return { ...nothing, allowed: false, ...answer.refusal, effect: null };
  const { order, effect } = answer;
  const left = Math.max(0, Number(settings.trading.positionMaxMinis) - Math.abs(book.net(order.product)));
  const allowed = { ...nothing, allowed: true, reason: null, message: null, effect, buyLeft: left, sellLeft: left };
  if (effect === 'REDUCES' || settings.rules === undefined) return allowed;
  // As the desk does it: without a stop forty ticks against the order are counted, fees for both ways.
  const { product, qty, stopTicks } = order;
  const ticks = stopTicks === null ? WITHOUT_STOP_TICKS : Math.abs((order.limitTicks ?? book.last(product)) - stopTicks);
  const lossCents = (ticks * product.tickValueCents + 2 * product.feeCents) * qty;
  const dayCents = Math.round((Number(book.dayRealized()) + Number(book.dayUnrealized())) * 100);
  const equityCents = START_CENTS + dayCents - lossCents;
  return {
    ...allowed,
    warnings: stopTicks === null ? [{ code: 'no_stop', words: `no stop: the worst case is counted with ${WITHOUT_STOP_TICKS} ticks against it` }] : [],
    worst: {
      loss: cents(lossCents),
      equity: cents(equityCents),
      left: [{ rule: 'max_loss', words: 'the maximum loss limit', left: cents(equityCents - FLOOR_CENTS) }],
    },
  };
}

function readOrder(side: Side, request: OrderRequest, book: Book): ReadOrder | Refusal {
  const product = productOf(request.symbol);
  if (product === null) {
    return { reason: 'unknown_symbol', message: `${request.symbol || 'no symbol'} is no product of this desk` };
  }
  const qtyText = String(request.qty).trim();
  if (!/^[1-9]\d{0,3}$/.test(qtyText) || Number(qtyText) > 1000) {
    return { reason: 'bad_qty', message: 'quantity must be a whole number from 1 to 1000' };
  }
  const limit = readTicks('limit price', request.type === 'LIMIT' ? request.price : null, product);
  const stop = readTicks('stop', request.stopPrice, product);
  const target = readTicks('target', request.takeProfit, product);
  if (request.type === 'LIMIT' && limit === null) {
    return { reason: 'missing_price', message: 'a limit order needs a limit price' };
  }
  for (const read of [limit, stop, target]) if (read !== null && typeof read !== 'number') return read;
  const order: ReadOrder = {
    product,
    qty: Number(qtyText),
    limitTicks: asTicks(limit),
    stopTicks: asTicks(stop),
    targetTicks: asTicks(target),
  };
  return checkSides(side, order, order.limitTicks ?? book.last(product)) ?? order;
}

function asTicks(read: number | Refusal | null): number | null {
  return typeof read === 'number' ? read : null;
}

function readTicks(
  name: string,
  value: string | number | null | undefined,
  product: Product,
): number | Refusal | null {
  if (value === null || value === undefined || String(value).trim() === '') return null;
  const reading = readPrice(String(value), product);
  switch (reading.kind) {
    case 'ON_GRID':
      return Number(reading.ticks);
    case 'BETWEEN':
      return {
        reason: 'price_off_grid',
        message: `${name} ${value} is between two ticks; the nearest are ${reading.below} and ${reading.above}`,
      };
    case 'NO_PRICE':
      return { reason: 'price_off_grid', message: `${name} ${value} is no price` };
  }
}

function checkSides(side: Side, order: ReadOrder, reference: number): Refusal | null {
  const away = side === 'BUY' ? 1 : -1;
  if (order.stopTicks !== null && (reference - order.stopTicks) * away <= 0) {
    const word = side === 'BUY' ? 'below' : 'above';
    return { reason: 'stop_wrong_side', message: `the stop of this order must be ${word} its entry` };
  }
  if (order.targetTicks !== null && (order.targetTicks - reference) * away <= 0) {
    const word = side === 'BUY' ? 'above' : 'below';
    return { reason: 'target_wrong_side', message: `the target of this order must be ${word} its entry` };
  }
  return null;
}

function checkState(flags: DeskFlags): Refusal | null {
  if (flags.killed) return { reason: 'killed', message: 'entries are halted; exits are still allowed' };
  if (flags.flattening) {
    return { reason: 'flattening', message: 'a flatten is under way; entries wait until it answers' };
  }
  return null;
}

function checkExit(order: ReadOrder, net: number): Refusal | null {
  if (order.stopTicks !== null || order.targetTicks !== null) {
    return { reason: 'bracket_on_exit', message: 'an order that reduces carries no stop and no target' };
  }
  if (order.qty > Math.abs(net)) {
    return {
      reason: 'would_cross_zero',
      message: `${order.qty} would turn the position around; ${Math.abs(net)} can be closed`,
    };
  }
  return null;
}

function checkEntry(
  side: Side,
  order: ReadOrder,
  net: number,
  book: Book,
  settings: Settings,
): Refusal | null {
  if (side === 'SELL' && !settings.trading.shortSelling) {
    return {
      reason: 'short_selling_off',
      message: 'short selling is off and there is no position to sell; switch it on to sell short',
    };
  }
  const limit = Number(settings.trading.positionMaxMinis);
  const orderLimit = Number(settings.trading.orderMaxMinis);
  const weight = order.product.symbol.startsWith('M') ? 0.1 : 1;
  if (order.qty * weight > orderLimit) {
    return {
      reason: 'order_size',
      message: `${order.qty} ${order.product.symbol} are ${order.qty * weight} minis; an order may have ${orderLimit}`,
    };
  }
  const working = book
    .live()
    .filter((live) => live.product === order.product && live.side === side && live.closes === null)
    .reduce((total, live) => total + live.qty, 0);
  const used = (Math.abs(net) + working) * weight;
  if (used + order.qty * weight > limit) {
    const more = Math.floor((limit - used) / weight);
    return { reason: 'position_limit', message: `${used} of ${limit} contracts in use; ${more} more` };
  }
  return null;
}

// The order as it stands on the ticket: text, as typed. What it would do is said in words; whether it
// may be sent is the desk's to say.

import type { InstrumentRow, OrderRequest, OrderType, Side } from '../backend/types';
import { readDecimal, showAmount, showPrice } from './decimal';
import { moneyOfTicks, readPrice, ticksBetween } from './tick';

export interface Draft {
  symbol: string;
  qty: string;
  type: OrderType;
  price: string;
  stopPrice: string;
  takeProfit: string;
}

export const QUANTITY_PRESETS: readonly number[] = [1, 2, 3, 5, 10];

export function requestOf(draft: Draft): OrderRequest {
  return {
    symbol: draft.symbol,
    qty: draft.qty.trim(),
    type: draft.type,
    price: draft.type === 'LIMIT' ? textOrNull(draft.price) : null,
    stopPrice: textOrNull(draft.stopPrice),
    takeProfit: textOrNull(draft.takeProfit),
  };
}

/**
 * Why this draft cannot even be sent, or null: something is missing or is no number. Anything that can
 * be read is sent, and the desk says yes or no to it.
 */
export function incompleteWords(draft: Draft): string | null {
  if (draft.symbol === '') return 'choose a symbol';
  const fields: [name: string, text: string, needed: boolean][] = [
    ['quantity', draft.qty, true],
    ['limit price', draft.price, true],
    ['stop loss', draft.stopPrice, false],
    ['take profit', draft.takeProfit, false],
  ];
  for (const [name, text, needed] of fields) {
    if (name === 'limit price' && draft.type === 'MARKET') continue;
    if (text.trim() === '') {
      if (needed) return `type a ${name}`;
    } else if (readDecimal(text) === null) {
      return `${name} "${text.trim()}" is not a number`;
    }
  }
  return null;
}

/** `1 NQ 12-26 at market`: what stands beside a button. */
export function readBack(draft: Draft, instrument: InstrumentRow): string {
  const price =
    draft.type === 'MARKET' ? 'at market' : `at ${showPrice(textOrNull(draft.price), instrument.decimals)}`;
  const qty = readDecimal(draft.qty) === null ? '?' : draft.qty.trim();
  return `${qty} ${instrument.contract} ${price}`;
}

export interface Leg {
  ticks: bigint;
  /** What the leg is worth for the whole quantity, without sign; null while the quantity is no number. */
  money: string | null;
}

/**
 * From the entry to a stop or target of an order on `side`, in ticks with the trader's sign: negative
 * loses. The entry of a market order is the last trade. Null while one of the two is no price.
 */
export function legOf(
  draft: Draft,
  side: Side,
  legPrice: string,
  last: string | null,
  instrument: InstrumentRow,
): Leg | null {
  const entry = draft.type === 'LIMIT' ? draft.price : (last ?? '');
  const up = ticksBetween(entry, legPrice, instrument);
  if (up === null) return null;
  const ticks = side === 'BUY' ? up : -up;
  const qty = /^\d+$/.test(draft.qty.trim()) ? Number(draft.qty) : 0;
  const money = qty === 0 ? null : moneyOfTicks(ticks < 0n ? -ticks : ticks, qty, instrument);
  return { ticks, money };
}

/** `40 ticks below, 200.00 in all`. */
export function legWords(leg: Leg, side: Side): string {
  const above = side === 'BUY' ? leg.ticks > 0n : leg.ticks < 0n;
  const count = leg.ticks < 0n ? -leg.ticks : leg.ticks;
  const place = count === 0n ? 'at the entry' : `${count} ticks ${above ? 'above' : 'below'}`;
  return leg.money === null ? place : `${place} = ${showAmount(leg.money)}`;
}

/** What is wrong with a price as it stands, or null. The two nearest prices are named. */
export function priceFault(text: string, instrument: InstrumentRow): string | null {
  if (text.trim() === '') return null;
  const reading = readPrice(text, instrument);
  switch (reading.kind) {
    case 'ON_GRID':
      return null;
    case 'BETWEEN':
      return `Between two ticks: ${reading.below} or ${reading.above}`;
    case 'NO_PRICE':
      return 'Not a price';
  }
}

function textOrNull(text: string): string | null {
  const trimmed = text.trim();
  return trimmed === '' ? null : trimmed;
}

// The order as it stands on the ticket: text, as typed. What it would do is said in words; whether it
// may be sent is the desk's to say.

import type { InstrumentRow, OrderRequest, OrderType, QuoteRow, Side } from '../backend/types';
import { readDecimal, showPrice } from './decimal';
import { type LegInput, type LegKind, readLeg } from './leg';
import { readPrice, ticksBetween } from './tick';

export interface Draft {
  symbol: string;
  qty: string;
  type: OrderType;
  price: string;
  stop: LegInput;
  target: LegInput;
  /** Ticks at which the stop trails the best trade; empty for a stop that stands. */
  trail: string;
}

/**
 * The order of a draft. A leg that was typed as a price is sent as one; ticks and money go as ticks from
 * the fill, so that slippage does not make the stop tighter or wider than it was meant.
 */
export function requestOf(draft: Draft, instrument: InstrumentRow | null): OrderRequest {
  const stop = legOf(draft, 'STOP', instrument);
  const target = legOf(draft, 'TARGET', instrument);
  return {
    symbol: draft.symbol,
    qty: draft.qty.trim(),
    type: draft.type,
    price: draft.type === 'LIMIT' ? textOrNull(draft.price) : null,
    stopPrice: stop.price,
    takeProfit: target.price,
    stopTicks: stop.ticks,
    takeProfitTicks: target.ticks,
    trailTicks: textOrNull(draft.trail),
  };
}

function legOf(draft: Draft, kind: LegKind, instrument: InstrumentRow | null): { price: string | null; ticks: string | null } {
  const input = kind === 'STOP' ? draft.stop : draft.target;
  const text = textOrNull(input.text);
  if (text === null || input.unit === 'PRICE') return { price: text, ticks: null };
  if (input.unit === 'TICKS') return { price: null, ticks: text };
  // Never money in place of ticks: without the instrument the draft is incomplete and cannot be sent.
  if (instrument === null) return { price: null, ticks: '' };
  const leg = readLeg(input, { kind, side: 'BUY', entry: '', qty: wholeQty(draft.qty), instrument });
  return { price: null, ticks: leg.ticks };
}

/** The quantity as a count; nothing while it is not a whole number. */
export function wholeQty(qty: string): number {
  return /^\d{1,4}$/.test(qty.trim()) ? Number(qty) : 0;
}

/**
 * Why this draft cannot even be sent, or null: something is missing or is no number. Anything that can
 * be read is sent, and the desk says yes or no to it.
 */
export function incompleteWords(draft: Draft, instrument: InstrumentRow | null): string | null {
  if (draft.symbol === '') return 'choose a symbol';
  const fields: [name: string, text: string, needed: boolean][] = [
    ['quantity', draft.qty, true],
    ['limit price', draft.price, true],
    ['stop loss', draft.stop.text, false],
    ['take profit', draft.target.text, false],
    ['trailing distance', draft.trail, false],
  ];
  for (const [name, text, needed] of fields) {
    if (name === 'limit price' && draft.type === 'MARKET') continue;
    if (text.trim() === '') {
      if (needed) return `type a ${name}`;
    } else if (readDecimal(text) === null) {
      return `${name} "${text.trim()}" is not a number`;
    }
  }
  if (instrument === null) {
    const money = [draft.stop, draft.target].some(({ unit, text }) => unit === 'MONEY' && text.trim() !== '');
    return money ? 'the instrument is being read' : null;
  }
  return unitFault(draft, 'STOP', instrument) ?? unitFault(draft, 'TARGET', instrument);
}

/** Money and ticks are turned into ticks here, so what cannot be turned cannot be sent. */
function unitFault(draft: Draft, kind: LegKind, instrument: InstrumentRow): string | null {
  const input = kind === 'STOP' ? draft.stop : draft.target;
  if (input.unit === 'PRICE') return null;
  const { fault } = readLeg(input, { kind, side: 'BUY', entry: '', qty: wholeQty(draft.qty), instrument });
  return fault === null ? null : `${kind === 'STOP' ? 'stop loss' : 'take profit'}: ${fault.charAt(0).toLowerCase()}${fault.slice(1)}`;
}

/** `1 NQ 12-26 at market`: what stands beside a button. */
export function readBack(draft: Draft, instrument: InstrumentRow): string {
  const price =
    draft.type === 'MARKET' ? 'at market' : `at ${showPrice(textOrNull(draft.price), instrument.decimals)}`;
  const qty = readDecimal(draft.qty) === null ? '?' : draft.qty.trim();
  return `${qty} ${instrument.contract} ${price}`;
}

/** The side that a bracket was typed for: prices on the losing side of a buy are a buy's. */
export function sideOfBracket(draft: Draft, last: string | null, instrument: InstrumentRow): Side {
  const entry = draft.type === 'LIMIT' ? draft.price : (last ?? '');
  for (const [kind, input] of [['STOP', draft.stop], ['TARGET', draft.target]] as const) {
    if (input.unit !== 'PRICE' || input.text.trim() === '') continue;
    const leg = readLeg(input, { kind, side: 'BUY', entry, qty: 1, instrument });
    if (leg.fault === null && leg.ticks !== '') return leg.wrongSide ? 'SELL' : 'BUY';
  }
  return 'BUY';
}

/** Which sides of a limit at this price would fill at once, in words; empty for none. */
export function marketableWords(price: string, quote: QuoteRow | null, instrument: InstrumentRow): string {
  const above = (from: string | null): bigint | null => (from === null ? null : ticksBetween(from, price, instrument));
  const overAsk = above(quote?.ask ?? quote?.last ?? null);
  const overBid = above(quote?.bid ?? quote?.last ?? null);
  if (overAsk !== null && overAsk >= 0n) return 'A buy would fill now';
  return overBid !== null && overBid <= 0n ? 'A sell would fill now' : '';
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

// Changes of what is there: the scripted imitation of the desk's rules for them.

import { readPrice } from '../../core/tick';
import type { AmendAnswer, ChangeRequest, LotProtection, ProtectAnswer, ProtectRequest, StopChange, TargetChange } from '../types';
import type { Book, Lot, ScriptedOrder } from './book';
import { priceOf, productOf } from './products';

const ACCEPTED: AmendAnswer = { accepted: true, reason: null, message: null };

function refused(reason: string, message: string): AmendAnswer {
  return { accepted: false, reason, message };
}

/** Puts the wanted terms beside the order; the next step of the market makes them hold. */
export function changeOrder(book: Book, change: ChangeRequest): AmendAnswer & { order?: ScriptedOrder } {
  const order = book.live().find((live) => live.id === change.orderId);
  if (order === undefined) return refused('not_working', 'the order works no more: there is nothing to change');
  if (order.limitTicks === null) return refused('not_a_limit_order', 'only a limit order can be changed');
  if (order.cancelling) return refused('cancel_under_way', "its cancel is on the way: wait for the broker's answer");
  const qtyText = change.qty === null || change.qty === undefined ? String(order.qty) : String(change.qty);
  if (!/^[1-9]\d{0,3}$/.test(qtyText)) return refused('bad_qty', 'quantity must be a whole number from 1 to 1000');
  const price = change.price === null || change.price === undefined ? priceOf(order.limitTicks, order.product) : String(change.price);
  const reading = readPrice(price, order.product);
  if (reading.kind === 'BETWEEN') {
    return refused('price_off_grid', `limit ${price} is between two ticks; the nearest are ${reading.below} and ${reading.above}`);
  }
  if (reading.kind === 'NO_PRICE') return refused('price_off_grid', `limit ${price} is no price`);
  const wanted = { qty: Number(qtyText), limitTicks: Number(reading.ticks) };
  if (wanted.qty === order.qty && wanted.limitTicks === order.limitTicks) {
    return refused('nothing_changes', 'nothing would change');
  }
  order.wanted = wanted;
  return { ...ACCEPTED, order };
}

export function protect(book: Book, what: ProtectRequest): ProtectAnswer {
  const { whom } = what;
  const lots = book.lots.filter((lot) =>
    whom.kind === 'LOT' ? lot.id === whom.lot : lot.product === productOf(whom.symbol),
  );
  if (lots.length === 0) return { ...refused('no_open_lot', 'nothing of it is open'), lots: [] };
  const rows = lots.map((lot) => protectLot(book, lot, what));
  const first = rows.find((row) => row.answer !== null)?.answer ?? ACCEPTED;
  return { ...first, lots: rows.map((row) => row.row) };
}

function protectLot(book: Book, lot: Lot, what: ProtectRequest): { row: LotProtection; answer: AmendAnswer | null } {
  const way = lot.side === 'BUY' ? 1 : -1;
  const last = book.last(lot.product);
  const stop = what.stop === null || what.stop === undefined ? lot.stopTicks : stopOf(lot, last, what.stop);
  const target = what.target === null || what.target === undefined ? lot.targetTicks : targetOf(lot, what.target);
  const answer = wrongSide(lot, way, last, stop, target);
  if (answer === null) {
    lot.stopTicks = stop;
    lot.firstStopTicks ??= stop;
    lot.targetTicks = target;
    lot.trailTicks = what.stop?.kind === 'TRAIL' ? Number(what.stop.ticks) : what.stop?.kind === 'AT' ? lot.trailTicks : what.stop ? null : lot.trailTicks;
    if (what.breakEven?.kind === 'SET') lot.evenAfterTicks = Number(what.breakEven.afterTicks);
    if (what.breakEven?.kind === 'REMOVE') lot.evenAfterTicks = null;
  }
  const text = (ticks: number | null): string | null => (ticks === null ? null : priceOf(ticks, lot.product));
  return {
    row: { lot: lot.id, stopPrice: text(lot.stopTicks), takeProfit: text(lot.targetTicks), reason: answer?.reason ?? null },
    answer,
  };
}

function wrongSide(lot: Lot, way: number, last: number, stop: number | null, target: number | null): AmendAnswer | null {
  if (lot.exiting) return refused('lot_exiting', 'its exit is on the way');
  const at = priceOf(last, lot.product);
  if (stop !== null && (last - stop) * way <= 0) {
    return refused('stop_wrong_side', `stop ${priceOf(stop, lot.product)} of a ${lot.side} must be ${way > 0 ? 'below' : 'above'} ${at}`);
  }
  if (target !== null && (target - last) * way <= 0) {
    return refused('target_wrong_side', `target ${priceOf(target, lot.product)} of a ${lot.side} must be ${way > 0 ? 'above' : 'below'} ${at}`);
  }
  return null;
}

function stopOf(lot: Lot, last: number, change: StopChange): number | null {
  const way = lot.side === 'BUY' ? 1 : -1;
  switch (change.kind) {
    case 'REMOVE':
      return null;
    case 'AT':
    case 'FIX':
      return ticksOf(lot, String(change.price));
    case 'AWAY':
      return lot.entryTicks - way * Number(change.ticks);
    case 'TRAIL':
      return last - way * Number(change.ticks);
  }
}

function targetOf(lot: Lot, change: TargetChange): number | null {
  switch (change.kind) {
    case 'REMOVE':
      return null;
    case 'AT':
      return ticksOf(lot, String(change.price));
    case 'AWAY':
      return lot.entryTicks + (lot.side === 'BUY' ? 1 : -1) * Number(change.ticks);
  }
}

function ticksOf(lot: Lot, text: string): number | null {
  const reading = readPrice(text, lot.product);
  return reading.kind === 'ON_GRID' ? Number(reading.ticks) : null;
}

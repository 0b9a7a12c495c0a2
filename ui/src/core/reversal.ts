// Turning a position around: it is closed, and only when that very order has filled and the position is flat
// is the other side opened, with a stop and a target as far away as the old ones were from their entry.
// Whatever else happens in between ends it with the position closed and nothing opened.

import type { InstrumentRow, LogRow, OrderRequest, PhantomRow, PositionRow, Side } from '../backend/types';
import { readDecimal } from './decimal';

/** How far the legs of the new position are from its fill; empty text is none. */
export interface ReversalLegs {
  stopTicks: string;
  targetTicks: string;
}

/** A reversal whose close is on its way. */
export interface Closing {
  contract: string;
  symbol: string;
  qty: number;
  opens: Side;
  legs: ReversalLegs;
  orderId: string;
  /** Rows of the log up to this one were there before. */
  afterRow: number;
}

/** What the log says of it: still on its way, done, or ended by something else, in words. */
export type CloseState = { kind: 'WAITS' } | { kind: 'FILLED' } | { kind: 'ENDED'; words: string };

/**
 * The legs of the oldest lot of the position that has a stop, as far as each still loses or wins; where
 * there is none, what is kept for the symbol.
 */
export function legsOf(
  { symbol }: Pick<PositionRow, 'symbol'>,
  phantoms: readonly PhantomRow[],
  instrument: InstrumentRow | null,
  kept: ReversalLegs,
): ReversalLegs {
  const lot = phantoms.find((row) => row.symbol === symbol && row.stopPrice !== null);
  if (lot === undefined || instrument === null) return kept;
  const stopTicks = ticksOf(lot.stopPnl, lot.qty, instrument, -1n);
  return stopTicks === '' ? kept : { stopTicks, targetTicks: ticksOf(lot.targetPnl, lot.qty, instrument, 1n) };
}

/** Whole ticks of one contract in this money; empty where it is not on that side of the entry. */
function ticksOf(money: string | null, qty: number, { tickValue }: InstrumentRow, sign: 1n | -1n): string {
  const [sum, tick] = [readDecimal(money ?? ''), readDecimal(tickValue)];
  if (sum === null || tick === null || tick.units <= 0n || qty === 0) return '';
  const ticks = (sum.units * sign * 10n ** BigInt(tick.places)) / (tick.units * 10n ** BigInt(sum.places) * BigInt(qty));
  return ticks > 0n ? String(ticks) : '';
}

/** What the button does, before it is pressed. */
export function reversalWords(row: Pick<PositionRow, 'qty' | 'contract'>, legs: ReversalLegs): string {
  const size = Math.abs(row.qty);
  const side = row.qty > 0 ? 'sells' : 'buys';
  const leg = (ticks: string, name: string): string => (ticks === '' ? `no ${name}` : `${name} ${ticks} ticks`);
  return `Closes ${row.contract}, then ${side} ${size}: ${leg(legs.stopTicks, 'stop')}, ${leg(legs.targetTicks, 'target')}`;
}

/** Reads the rows that have come since the press. */
export function closeState({ orderId, symbol, qty }: Pick<Closing, 'orderId' | 'symbol' | 'qty'>, rows: readonly LogRow[]): CloseState {
  for (const row of rows) {
    if (row.action === 'FLATTEN' || row.action === 'HALT') return { kind: 'ENDED', words: 'a flatten or a halt came in between' };
    if (row.symbol === symbol && (row.action === 'STOP' || row.action === 'TARGET')) {
      return { kind: 'ENDED', words: 'its own stop or target fired in between' };
    }
    if (row.orderId !== orderId) continue;
    if (row.action === 'SUBMIT' && row.qty !== qty) return { kind: 'ENDED', words: 'a part of it was on its way out already' };
    if (row.action === 'FAIL' || row.action === 'REJECT' || row.action === 'CANCEL') return { kind: 'ENDED', words: 'it was not closed' };
  }
  const filled = rows.some((row) => row.orderId === orderId && row.action === 'FILL' && row.status === 'FILLED');
  return filled ? { kind: 'FILLED' } : { kind: 'WAITS' };
}

/** The order that opens the other side. */
export function openingOf({ symbol, qty, legs }: Closing): OrderRequest {
  return {
    symbol,
    qty: String(qty),
    type: 'MARKET',
    stopTicks: legs.stopTicks === '' ? null : legs.stopTicks,
    takeProfitTicks: legs.targetTicks === '' ? null : legs.targetTicks,
  };
}

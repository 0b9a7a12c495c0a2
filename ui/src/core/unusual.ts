// What is unusual about an order, in words. It costs one press more, with the reason beside the button, and
// nothing else: the gate alone refuses. An order that only closes is never unusual.

import type { InstrumentRow, QuoteRow, Side } from '../backend/types';
import { type Draft, wholeQty } from './draft';
import { readDecimal } from './decimal';
import { ticksBetween } from './tick';

/** A limit this far through the other side of the market is likely a slip. */
export const THROUGH_TICKS = 8n;
/** A limit this many hundredths away from the market is likely another price than was meant. */
export const AWAY_PERCENT = 10n;
/** The same order once more within this time is likely a second press for the first. */
export const TWIN_ORDER_MS = 2_000;
/** An entry this close to the time at which everything is closed is likely late. */
export const FLAT_SOON_S = 5 * 60;

export interface OrderGround {
  draft: Draft;
  side: Side;
  quote: QuoteRow | null;
  instrument: InstrumentRow;
  /** The largest of the quantities that the trader keeps at hand. */
  usualMax: number;
  /** How long ago the very same order went out; null for never. */
  twinMs: number | null;
  /** Seconds until the desk closes by itself; null for not at all. */
  flatInS: number | null;
}

export function unusual(ground: OrderGround): string[] {
  const { draft, usualMax, twinMs, flatInS } = ground;
  const qty = wholeQty(draft.qty);
  return [
    ...(qty > usualMax ? [`${qty} is more than the largest of your five quantities, ${usualMax}`] : []),
    ...limitWords(ground),
    ...(twinMs !== null && twinMs < TWIN_ORDER_MS ? ['the very same order went out just now'] : []),
    ...(flatInS !== null && flatInS >= 0 && flatInS < FLAT_SOON_S ? ['everything is closed within five minutes'] : []),
  ];
}

function limitWords({ draft, side, quote, instrument }: OrderGround): string[] {
  if (draft.type !== 'LIMIT' || quote === null) return [];
  const across = (side === 'BUY' ? quote.ask : quote.bid) ?? quote.last;
  if (across === null) return [];
  const ticks = ticksBetween(across, draft.price, instrument);
  const market = readDecimal(across);
  const tick = readDecimal(instrument.tickSize);
  if (ticks === null || market === null || tick === null) return [];
  const through = side === 'BUY' ? ticks : -ticks;
  if (through > THROUGH_TICKS) return [`its limit is ${through} ticks through the market`];
  // |ticks| x tick size >= market x percent / 100, with the decimals of both kept whole.
  const away = (ticks < 0n ? -ticks : ticks) * tick.units * 10n ** BigInt(market.places) * 100n;
  const far = market.units * 10n ** BigInt(tick.places) * AWAY_PERCENT;
  return far > 0n && away >= far ? [`its limit is more than ${AWAY_PERCENT} % away from the market`] : [];
}

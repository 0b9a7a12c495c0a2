// How old a price is. It is told on the market's clock, so that a paused or a fast market is no alarm; and
// a quiet market is none either: only a feed that is dead, or a minute without a trade, strikes a price out.

import type { DeskStatus, QuoteRow } from '../backend/types';

/** Up to here a price is of this moment. */
export const FRESH_MS = 1_000;
/** Silence that long means that the price says nothing any more. */
export const STALE_MS = 60_000;

export interface QuoteAge {
  state: 'NONE' | 'FRESH' | 'QUIET' | 'STALE';
  words: string;
}

export function quoteAge(quote: Pick<QuoteRow, 'at'> | null, status: DeskStatus | null, live: boolean): QuoteAge {
  if (quote === null || quote.at === null || status === null) return { state: 'NONE', words: 'no price yet' };
  if (!live) return { state: 'STALE', words: 'the screen is not live' };
  if (status.blind) return { state: 'STALE', words: 'no prices come' };
  if (status.feed === 'ENDED') return { state: 'STALE', words: 'the tick file has ended' };
  if (status.feed === 'SILENT') return { state: 'STALE', words: 'there is no feed' };
  const ms = status.marketTime === null ? Number.NaN : Date.parse(status.marketTime) - Date.parse(quote.at);
  if (Number.isNaN(ms)) return { state: 'NONE', words: 'of unknown age' };
  if (ms > STALE_MS) return { state: 'STALE', words: 'older than a minute' };
  return ms <= FRESH_MS ? { state: 'FRESH', words: 'of this moment' } : { state: 'QUIET', words: 'older than a second' };
}

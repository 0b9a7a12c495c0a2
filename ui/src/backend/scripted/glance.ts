// What the scripted desk shows of its market and of itself.

import type { DeskStatus, InstrumentRow, QuoteRow, Settings } from '../types';
import type { Book } from './book';
import { priceOf, PRODUCTS } from './products';

export function instrumentRows(): InstrumentRow[] {
  return PRODUCTS.map(({ symbol, alias, name, contract, tickSize, tickValue, decimals, pointValue, feePerSide }) => ({
    symbol,
    alias,
    name,
    contract,
    tickSize,
    tickValue,
    decimals,
    pointValue,
    feePerSide,
  }));
}

export function quoteRows(book: Book, at: string): QuoteRow[] {
  return PRODUCTS.map((product) => {
    const last = book.last(product);
    return {
      symbol: product.symbol,
      last: priceOf(last, product),
      bid: priceOf(last - 1, product),
      ask: priceOf(last + 1, product),
      at,
    };
  });
}

export interface Moment {
  mode: DeskStatus['mode'];
  at: string;
  killed: boolean;
  lockedOut: boolean;
  flattening: boolean;
  latched: boolean;
  blind: boolean;
  paused: boolean;
}

export function statusOf(book: Book, settings: Settings, moment: Moment): DeskStatus {
  const { at, ...flags } = moment;
  return {
    ...flags,
    marketTime: at,
    notConnected: false,
    reconciling: false,
    dayRealized: book.dayRealized(),
    dayUnrealized: book.dayUnrealized(),
    dayFees: book.dayFees(),
    feed: settings.mock.source.kind,
    shortSelling: settings.trading.shortSelling,
  };
}

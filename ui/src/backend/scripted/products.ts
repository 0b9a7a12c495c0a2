// The products of the scripted market. Ticks are whole numbers, money is whole cents.

import { decimalText } from '../../core/decimal';
import { priceText } from '../../core/tick';
import type { InstrumentRow } from '../types';

export interface Product extends InstrumentRow {
  /** Where the scripted session opens, in ticks. */
  openTicks: number;
  tickValueCents: number;
  feeCents: number;
}

function row(
  symbol: string,
  alias: string,
  name: string,
  contract: string,
  tick: [size: string, value: string, decimals: number],
  pointValue: string,
  numbers: [openTicks: number, tickValueCents: number, feeCents: number],
): Product {
  const [tickSize, tickValue, decimals] = tick;
  const [openTicks, tickValueCents, feeCents] = numbers;
  return {
    symbol,
    alias,
    name,
    contract,
    tickSize,
    tickValue,
    decimals,
    pointValue,
    feePerSide: decimalText(BigInt(feeCents), 2),
    openTicks,
    tickValueCents,
    feeCents,
  };
}

export const PRODUCTS: readonly Product[] = [
  row('NQ', 'ENQ', 'E-mini Nasdaq-100', 'NQ 12-26', ['0.25', '5', 2], '20', [84_000, 500, 189]),
  row('ES', 'ES', 'E-mini S&P 500', 'ES 12-26', ['0.25', '12.5', 2], '50', [24_000, 1250, 189]),
  row('GC', 'GC', 'Gold', 'GC 12-26', ['0.1', '10', 1], '100', [26_500, 1000, 211]),
  row('MNQ', 'MNQ', 'Micro E-mini Nasdaq-100', 'MNQ 12-26', ['0.25', '0.5', 2], '2', [84_000, 50, 61]),
  row('MES', 'MES', 'Micro E-mini S&P 500', 'MES 12-26', ['0.25', '1.25', 2], '5', [24_000, 125, 61]),
];

/** Resolves a whole root or alias; never a part of one. */
export function productOf(symbol: string): Product | null {
  const wanted = symbol.trim().toUpperCase();
  return PRODUCTS.find(({ symbol: root, alias }) => root === wanted || alias === wanted) ?? null;
}

export function priceOf(ticks: number, product: Product): string {
  return priceText(BigInt(ticks), product);
}

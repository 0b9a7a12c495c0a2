// Prices on their grid. A price is stepped and compared as a whole count of ticks; a price between
// two ticks is never rounded in silence, its two neighbours are named.

import { decimalText, readDecimal, rescale } from './decimal';

export interface Grid {
  tickSize: string;
  decimals: number;
}

export interface TickValued extends Grid {
  tickValue: string;
}

export type GridReading =
  | { kind: 'ON_GRID'; ticks: bigint }
  | { kind: 'BETWEEN'; below: string; above: string }
  | { kind: 'NO_PRICE' };

export function readPrice(text: string, grid: Grid): GridReading {
  const value = readDecimal(text);
  const tick = readDecimal(grid.tickSize);
  if (value === null || tick === null || tick.units <= 0n) return { kind: 'NO_PRICE' };
  const places = Math.max(value.places, tick.places);
  const units = rescale(value, places);
  const step = rescale(tick, places);
  if (units === null || step === null) return { kind: 'NO_PRICE' };
  const below = floorDivide(units, step);
  if (below * step === units) return { kind: 'ON_GRID', ticks: below };
  return { kind: 'BETWEEN', below: priceText(below, grid), above: priceText(below + 1n, grid) };
}

/** The price of a count of ticks, with the decimals of its instrument. */
export function priceText(ticks: bigint, grid: Grid): string {
  const tick = readDecimal(grid.tickSize);
  if (tick === null) return '';
  const places = Math.max(tick.places, grid.decimals);
  const step = rescale(tick, places) ?? tick.units;
  return decimalText(ticks * step, places);
}

/**
 * The price `count` ticks further. From between two ticks the first step goes to the neighbour in
 * that direction. Text that is no price stays as it is.
 */
export function stepPrice(text: string, count: number, grid: Grid): string {
  const reading = readPrice(text, grid);
  switch (reading.kind) {
    case 'ON_GRID':
      return priceText(reading.ticks + BigInt(count), grid);
    case 'BETWEEN': {
      const neighbour = count > 0 ? reading.above : reading.below;
      const rest = count > 0 ? count - 1 : count + 1;
      return rest === 0 || count === 0 ? neighbour : stepPrice(neighbour, rest, grid);
    }
    case 'NO_PRICE':
      return text;
  }
}

/** Ticks from `from` up to `to`, or null unless both are on the grid. */
export function ticksBetween(from: string, to: string, grid: Grid): bigint | null {
  const start = readPrice(from, grid);
  const end = readPrice(to, grid);
  return start.kind === 'ON_GRID' && end.kind === 'ON_GRID' ? end.ticks - start.ticks : null;
}

/** What `ticks` are worth for `qty` contracts, as text. */
export function moneyOfTicks(ticks: bigint, qty: number, instrument: TickValued): string | null {
  const value = readDecimal(instrument.tickValue);
  if (value === null || !Number.isSafeInteger(qty)) return null;
  return decimalText(value.units * ticks * BigInt(qty), value.places);
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by !== 0n && value < 0n ? quotient - 1n : quotient;
}

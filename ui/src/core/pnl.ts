// Open profit in the unit that was chosen: money, ticks or points of one contract, or R, what was risked at
// the first stops.

import type { InstrumentRow } from '../backend/types';
import { decimalText, MINUS, NONE, readDecimal, showMoney } from './decimal';

export const PNL_UNITS = ['USD', 'TICKS', 'POINTS', 'R'] as const;
export type PnlUnit = (typeof PNL_UNITS)[number];

/** Where an open position would be closed: at the last trade, or at the bid or the ask. */
export const PNL_BASES = ['LAST', 'QUOTE'] as const;
export type PnlBasis = (typeof PNL_BASES)[number];

export const PNL_UNIT_WORDS: Readonly<Record<PnlUnit, string>> = {
  USD: 'US dollars',
  TICKS: 'ticks of one contract',
  POINTS: 'points of one contract',
  R: 'R: 1 is what the first stops would have lost',
};

export function nextUnit(unit: PnlUnit): PnlUnit {
  return PNL_UNITS[(PNL_UNITS.indexOf(unit) + 1) % PNL_UNITS.length] ?? 'USD';
}

/** The open profit of a position, and the unit R of it. */
export interface OpenPnl {
  money: string | null;
  qty: number;
  firstRisk: string | null;
}

/** Shown in a unit. Ticks are rounded to a tenth and R to a hundredth: figures to look at. */
export function showPnl({ money, qty, firstRisk }: OpenPnl, unit: PnlUnit, instrument: InstrumentRow | null): string {
  if (unit === 'USD' || money === null || qty === 0) return showMoney(money);
  if (unit === 'R') return firstRisk === null ? NONE : showR(money, firstRisk);
  if (instrument === null) return showMoney(money);
  const tenths = tenthsOfATick(money, qty, instrument);
  const size = readDecimal(instrument.tickSize);
  if (tenths === null || size === null) return showMoney(money);
  if (unit === 'TICKS') return `${withSign(tenths, decimalText(tenths < 0n ? -tenths : tenths, 1))} t`;
  const points = decimalText((tenths < 0n ? -tenths : tenths) * size.units, size.places + 1);
  return `${withSign(tenths, points.replace(/0$/, ''))} pt`;
}

function showR(money: string, firstRisk: string): string {
  const [sum, risk] = [readDecimal(money), readDecimal(firstRisk)];
  if (sum === null || risk === null || risk.units <= 0n) return NONE;
  const hundredths = rounded(sum.units * 10n ** BigInt(risk.places) * 100n, risk.units * 10n ** BigInt(sum.places));
  return `${withSign(hundredths, decimalText(hundredths < 0n ? -hundredths : hundredths, 2))} R`;
}

function withSign(value: bigint, size: string): string {
  return value === 0n ? size : `${value < 0n ? MINUS : '+'}${size}`;
}

function tenthsOfATick(money: string, qty: number, { tickValue }: InstrumentRow): bigint | null {
  const [sum, tick] = [readDecimal(money), readDecimal(tickValue)];
  if (sum === null || tick === null || tick.units <= 0n) return null;
  const top = sum.units * 10n ** BigInt(tick.places) * 10n;
  const bottom = tick.units * 10n ** BigInt(sum.places) * BigInt(Math.abs(qty));
  return rounded(top, bottom);
}

/** The nearest whole number; a half goes away from zero. */
function rounded(top: bigint, bottom: bigint): bigint {
  const half = bottom / 2n;
  return (top < 0n ? top - half : top + half) / bottom;
}

/** `12:03`, `1:12:03` since a moment, on the market's clock. */
export function timeInTrade(openedAt: string | null, now: string | null): string {
  if (openedAt === null || now === null) return NONE;
  const seconds = Math.floor((Date.parse(now) - Date.parse(openedAt)) / 1_000);
  if (Number.isNaN(seconds) || seconds < 0) return NONE;
  const two = (count: number): string => String(count).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

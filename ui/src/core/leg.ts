// A stop or a target in three ways at once: ticks from the entry, a price, and money for the whole
// quantity. One of them is what was typed and stays when the quantity changes; the other two follow.

import type { InstrumentRow, Side } from '../backend/types';
import { decimalText, readDecimal, rescale } from './decimal';
import { moneyOfTicks, priceText, readPrice } from './tick';

export const LEG_UNITS = ['PRICE', 'TICKS', 'MONEY'] as const;
export type LegUnit = (typeof LEG_UNITS)[number];

/** What was typed, in its unit. Empty text means none. */
export interface LegInput {
  unit: LegUnit;
  text: string;
}

export const NO_LEG: LegInput = { unit: 'PRICE', text: '' };

export type LegKind = 'STOP' | 'TARGET';

/** What a leg is measured against. */
export interface LegGround {
  kind: LegKind;
  /** The side of the order that opens, or of the lot. */
  side: Side;
  /** The entry, or where an order would fill now; empty while that is not known. */
  entry: string;
  qty: number;
  instrument: InstrumentRow;
}

/** A leg in all three units; one that cannot be told is empty. */
export interface Leg {
  ticks: string;
  price: string;
  money: string;
  /** What one contract makes or loses, without sign. */
  moneyEach: string;
  /** Why what was typed is no leg, or null. */
  fault: string | null;
  /** It lies on the wrong side of the entry, or on it. */
  wrongSide: boolean;
}

const EMPTY: Leg = { ticks: '', price: '', money: '', moneyEach: '', fault: null, wrongSide: false };

export function readLeg(input: LegInput, ground: LegGround): Leg {
  const text = input.text.trim();
  if (text === '') return EMPTY;
  switch (input.unit) {
    case 'PRICE':
      return fromPrice(text, ground);
    case 'TICKS':
      return fromTicks(text, ground);
    case 'MONEY':
      return fromMoney(text, ground);
  }
}

/** Which way the price goes from the entry to this leg: a long stop lies below. */
function wayOf(kind: LegKind, side: Side): 1n | -1n {
  return (kind === 'TARGET') === (side === 'BUY') ? 1n : -1n;
}

function fromPrice(text: string, ground: LegGround): Leg {
  const reading = readPrice(text, ground.instrument);
  if (reading.kind === 'NO_PRICE') return { ...EMPTY, price: text, fault: 'Not a price' };
  if (reading.kind === 'BETWEEN') {
    return { ...EMPTY, price: text, fault: `Between two ticks: ${reading.below} or ${reading.above}` };
  }
  const entry = readPrice(ground.entry, ground.instrument);
  if (entry.kind !== 'ON_GRID') return { ...EMPTY, price: text };
  const away = (reading.ticks - entry.ticks) * wayOf(ground.kind, ground.side);
  return { ...legOf(away, ground), price: text };
}

function fromTicks(text: string, ground: LegGround): Leg {
  if (!/^\d{1,6}$/.test(text) || Number(text) === 0) {
    return { ...EMPTY, ticks: text, fault: 'A whole number of ticks, 1 or more, is needed' };
  }
  return { ...legOf(BigInt(text), ground), ticks: text };
}

/** Money that is no whole number of ticks names its two neighbours. */
function fromMoney(text: string, ground: LegGround): Leg {
  const wanted = readDecimal(text);
  const one = moneyOfTicks(1n, ground.qty, ground.instrument);
  const tick = one === null ? null : readDecimal(one);
  if (wanted === null || wanted.units <= 0n) return { ...EMPTY, money: text, fault: 'An amount above nothing is needed' };
  if (tick === null || tick.units <= 0n) return { ...EMPTY, money: text };
  const places = Math.max(wanted.places, tick.places);
  const all = rescale(wanted, places) ?? 0n;
  const step = rescale(tick, places) ?? 1n;
  const ticks = all / step;
  if (ticks * step !== all) {
    const below = decimalText(ticks * step, places);
    const above = decimalText((ticks + 1n) * step, places);
    return { ...EMPTY, money: text, fault: `No whole number of ticks: ${ticks === 0n ? '' : `${cents(below)} or `}${cents(above)}` };
  }
  return { ...legOf(ticks, ground), money: text };
}

function legOf(away: bigint, { kind, side, entry, qty, instrument }: LegGround): Leg {
  const start = readPrice(entry, instrument);
  const price = start.kind === 'ON_GRID' ? priceText(start.ticks + away * wayOf(kind, side), instrument) : '';
  const size = away < 0n ? -away : away;
  const money = qty > 0 ? moneyOfTicks(size, qty, instrument) : null;
  const each = moneyOfTicks(size, 1, instrument);
  return {
    ticks: String(away),
    price,
    money: money === null ? '' : cents(money),
    moneyEach: each === null ? '' : cents(each),
    fault: null,
    wrongSide: away <= 0n,
  };
}

/** At least two decimals, and no more zeros behind them. */
function cents(text: string): string {
  const value = readDecimal(text);
  if (value === null) return text;
  let { units, places } = value;
  while (places > 2 && units % 10n === 0n) {
    units /= 10n;
    places -= 1;
  }
  const wanted = Math.max(places, 2);
  return decimalText(units * 10n ** BigInt(wanted - places), wanted);
}

/** What the leg makes for each contract and in all: `40 ticks · 10.00 each · 20.00 in all`. */
export function legWords(leg: Leg): string {
  if (leg.ticks === '' || leg.money === '') return '';
  return `${leg.ticks} ticks · ${leg.moneyEach} each · ${leg.money} in all`;
}

/** Target over stop: `2.0 R`, or null where one of them is missing. */
export function rewardToRisk(stop: Leg, target: Leg): string | null {
  const risk = readDecimal(stop.ticks);
  const reward = readDecimal(target.ticks);
  if (risk === null || reward === null || risk.units <= 0n || reward.units <= 0n) return null;
  // Rounded to a tenth, half up: a figure to look at, not one to trade by.
  return `${decimalText((reward.units * 20n + risk.units) / (risk.units * 2n), 1)} R`;
}

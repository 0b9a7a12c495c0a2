// Decimal text. Numbers that mean money or prices never become floating point here: they are whole
// units of their last decimal place, and they are shown in figures of one width.

/** The value `units / 10^places`. */
export interface Decimal {
  units: bigint;
  places: number;
}

export const MINUS = '\u2212';
export const NONE = '\u2013';

const SHAPE = /^([+-]?)(\d+)(?:\.(\d*))?$|^([+-]?)\.(\d+)$/;
/** Longer text is no price; the limit keeps a pasted novel from becoming a huge integer. */
const TEXT_LENGTH_MAX = 40;

export function readDecimal(text: string): Decimal | null {
  const trimmed = text.trim().replace(MINUS, '-');
  if (trimmed.length > TEXT_LENGTH_MAX) return null;
  const match = SHAPE.exec(trimmed);
  if (match === null) return null;
  const sign = match[1] ?? match[4] ?? '';
  const whole = match[2] ?? '0';
  const fraction = match[3] ?? match[5] ?? '';
  const units = BigInt(whole + fraction);
  return { units: sign === '-' ? -units : units, places: fraction.length };
}

/** The same value with `places` decimal places, or null when digits would be lost. */
export function rescale(value: Decimal, places: number): bigint | null {
  if (places >= value.places) return value.units * 10n ** BigInt(places - value.places);
  const factor = 10n ** BigInt(value.places - places);
  return value.units % factor === 0n ? value.units / factor : null;
}

/** Plain text as the desk reads it: `-` for minus, no grouping. */
export function decimalText(units: bigint, places: number): string {
  const digits = magnitude(units).toString().padStart(places + 1, '0');
  const cut = digits.length - places;
  const text = places === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return units < 0n ? `-${text}` : text;
}

/** A price with at least `decimals` places. More places than that are kept: they mean something. */
export function showPrice(text: string | null, decimals: number): string {
  if (text === null || text === '') return NONE;
  const value = readDecimal(text);
  if (value === null) return text;
  const units = rescale(value, Math.max(value.places, decimals));
  return units === null ? text : show(units, Math.max(value.places, decimals));
}

/** Money with its sign, cents and groups: `+1,234.50`, `−8.00`, `0.00`. */
export function showMoney(text: string | null): string {
  if (text === null || text === '') return NONE;
  const value = readDecimal(text);
  if (value === null) return text;
  const places = Math.max(value.places, 2);
  const units = rescale(value, places) ?? value.units;
  const plain = decimalText(magnitude(units), places);
  const dot = plain.indexOf('.');
  const whole = plain.slice(0, dot).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${signText(units)}${whole}${plain.slice(dot)}`;
}

/** Money that is a cost or an amount and carries no plus sign. */
export function showAmount(text: string | null): string {
  return showMoney(text).replace('+', '');
}

/** A signed quantity: `+2`, `−2`, `0`. */
export function showSigned(count: number): string {
  if (count === 0) return '0';
  return `${count > 0 ? '+' : MINUS}${Math.abs(count)}`;
}

export function signOf(text: string | null): -1 | 0 | 1 {
  const value = text === null ? null : readDecimal(text);
  if (value === null || value.units === 0n) return 0;
  return value.units > 0n ? 1 : -1;
}

function show(units: bigint, places: number): string {
  return decimalText(units, places).replace('-', MINUS);
}

function signText(units: bigint): string {
  if (units === 0n) return '';
  return units > 0n ? '+' : MINUS;
}

function magnitude(units: bigint): bigint {
  return units < 0n ? -units : units;
}

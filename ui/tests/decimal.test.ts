import { describe, expect, it } from 'vitest';
import { readDecimal, showAmount, showMoney, showPrice, showSigned, signOf } from '../src/core/decimal';

describe('decimal text', () => {
  it.each([
    ['21000.25', { units: 2_100_025n, places: 2 }],
    ['-0.5', { units: -5n, places: 1 }],
    ['\u22120.5', { units: -5n, places: 1 }],
    ['.25', { units: 25n, places: 2 }],
    ['7.', { units: 7n, places: 0 }],
    [' 7 ', { units: 7n, places: 0 }],
  ])('reads %s', (text, expected) => {
    expect(readDecimal(text)).toEqual(expected);
  });

  it.each(['', '.', 'abc', '1,000', '1e5', '1.2.3', '0x10', '9'.repeat(41)])('does not read %j', (text) => {
    expect(readDecimal(text)).toBeNull();
  });

  it.each([
    ['0', '0.00'],
    ['12.5', '+12.50'],
    ['-1234567.8', '\u22121,234,567.80'],
    ['1000', '+1,000.00'],
    ['999.99', '+999.99'],
    ['-0.00', '0.00'],
    // More digits than a floating point number holds.
    ['9007199254740993.01', '+9,007,199,254,740,993.01'],
  ])('shows the money %s as %s', (text, expected) => {
    expect(showMoney(text)).toBe(expected);
  });

  it('shows costs without a plus sign', () => {
    expect(showAmount('3.78')).toBe('3.78');
  });

  it('shows a dash where there is no number', () => {
    expect([showMoney(null), showPrice(null, 2)]).toEqual(['–', '–']);
  });

  it.each([
    ['21000', 2, '21000.00'],
    ['2650.1', 1, '2650.1'],
    ['112.015625', 2, '112.015625'],
    ['-37.63', 2, '\u221237.63'],
  ])('shows the price %s with %i decimals as %s', (text, decimals, expected) => {
    expect(showPrice(text, decimals)).toBe(expected);
  });

  it('keeps text that is no number as it came', () => {
    expect(showPrice('n/a', 2)).toBe('n/a');
  });

  it('signs quantities', () => {
    expect([2, 0, -2].map(showSigned)).toEqual(['+2', '0', '\u22122']);
    expect([signOf('-0.01'), signOf('0.00'), signOf('3'), signOf(null)]).toEqual([-1, 0, 1, 0]);
  });
});

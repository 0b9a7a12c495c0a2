import { describe, expect, it } from 'vitest';
import { PRODUCTS } from '../src/backend/scripted/products';
import type { Side } from '../src/backend/types';
import { type LegInput, type LegKind, legWords, readLeg, rewardToRisk } from '../src/core/leg';

const NQ = PRODUCTS[0];
if (NQ === undefined) throw new Error('no products');
const nasdaq = NQ;

const leg = (unit: LegInput['unit'], text: string, kind: LegKind, side: Side, qty = 2, entry = '21000.00') =>
  readLeg({ unit, text }, { kind, side, entry, qty, instrument: nasdaq });

describe('a leg', () => {
  it.each<[LegInput['unit'], string, LegKind, Side, ticks: string, price: string, money: string]>([
    ['PRICE', '20990.00', 'STOP', 'BUY', '40', '20990.00', '400.00'],
    ['PRICE', '21010.00', 'STOP', 'SELL', '40', '21010.00', '400.00'],
    ['TICKS', '40', 'STOP', 'BUY', '40', '20990.00', '400.00'],
    ['TICKS', '40', 'STOP', 'SELL', '40', '21010.00', '400.00'],
    ['TICKS', '40', 'TARGET', 'BUY', '40', '21010.00', '400.00'],
    ['MONEY', '400', 'TARGET', 'SELL', '40', '20990.00', '400'],
  ])('is shown in all three ways: %s %s of a %s, %s', (unit, text, kind, side, ticks, price, money) => {
    expect(leg(unit, text, kind, side)).toMatchObject({ ticks, price, money, moneyEach: '200.00', fault: null, wrongSide: false });
  });

  it('keeps what was typed when the quantity changes, and the others follow', () => {
    expect(leg('TICKS', '40', 'STOP', 'BUY', 4)).toMatchObject({ ticks: '40', money: '800.00' });
    expect(leg('MONEY', '400', 'STOP', 'BUY', 4)).toMatchObject({ ticks: '20', money: '400', price: '20995.00' });
  });

  it('knows ticks and money before there is a price', () => {
    expect(leg('TICKS', '8', 'STOP', 'BUY', 1, '')).toMatchObject({ ticks: '8', price: '', money: '40.00', fault: null });
  });

  it('is on the wrong side when it would win as a stop', () => {
    expect(leg('PRICE', '21010.00', 'STOP', 'BUY')).toMatchObject({ ticks: '-40', money: '400.00', wrongSide: true });
    expect(leg('PRICE', '21000.00', 'STOP', 'BUY').wrongSide).toBe(true);
  });

  it.each<[LegInput['unit'], string, RegExp]>([
    ['PRICE', '20990.10', /Between two ticks: 20990.00 or 20990.25/],
    ['PRICE', 'x', /Not a price/],
    ['TICKS', '0', /whole number of ticks/],
    ['TICKS', '1.5', /whole number of ticks/],
    ['MONEY', '405', /No whole number of ticks: 400.00 or 410.00/],
    ['MONEY', '3', /No whole number of ticks: 10.00/],
    ['MONEY', '-5', /above nothing/],
  ])('is explained when it is none: %s %s', (unit, text, words) => {
    expect(leg(unit, text, 'STOP', 'BUY').fault).toMatch(words);
  });

  it('says what it is worth, each and in all', () => {
    expect(legWords(leg('TICKS', '40', 'STOP', 'BUY'))).toBe('40 ticks · 200.00 each · 400.00 in all');
    expect(legWords(leg('TICKS', 'x', 'STOP', 'BUY'))).toBe('');
  });

  it('and its target make a ratio, to a tenth', () => {
    const stop = leg('TICKS', '30', 'STOP', 'BUY');
    expect(rewardToRisk(stop, leg('TICKS', '60', 'TARGET', 'BUY'))).toBe('2.0 R');
    expect(rewardToRisk(stop, leg('TICKS', '50', 'TARGET', 'BUY'))).toBe('1.7 R');
    expect(rewardToRisk(stop, leg('PRICE', '20990.00', 'TARGET', 'BUY'))).toBeNull();
  });
});

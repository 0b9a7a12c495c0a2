import { describe, expect, it } from 'vitest';
import { moneyOfTicks, readPrice, stepPrice, ticksBetween } from '../src/core/tick';

const NQ = { tickSize: '0.25', decimals: 2, tickValue: '5' };
const GC = { tickSize: '0.1', decimals: 1, tickValue: '10' };
const ZN = { tickSize: '0.015625', decimals: 6, tickValue: '15.625' };

describe('prices on their grid', () => {
  it.each([
    ['21000.25', 1, NQ, '21000.50'],
    ['21000', -1, NQ, '20999.75'],
    ['2650.1', 10, GC, '2651.1'],
    ['112.015625', 1, ZN, '112.031250'],
    ['0', -1, NQ, '-0.25'],
    // 0.1 + 0.2 in ticks of 0.1 stays exact.
    ['0.1', 2, GC, '0.3'],
  ])('steps %s by %i', (from, count, grid, expected) => {
    expect(stepPrice(from, count, grid)).toBe(expected);
  });

  it('goes from between two ticks to the neighbour first', () => {
    expect(stepPrice('21000.30', 1, NQ)).toBe('21000.50');
    expect(stepPrice('21000.30', -1, NQ)).toBe('21000.25');
    expect(stepPrice('21000.30', 10, NQ)).toBe('21002.75');
  });

  it('leaves text that is no price alone', () => {
    expect(stepPrice('abc', 1, NQ)).toBe('abc');
  });

  it('names both neighbours of a price between two ticks', () => {
    expect(readPrice('2650.05', GC)).toEqual({ kind: 'BETWEEN', below: '2650.0', above: '2650.1' });
    expect(readPrice('-0.05', GC)).toEqual({ kind: 'BETWEEN', below: '-0.1', above: '0.0' });
    expect(readPrice('x', GC)).toEqual({ kind: 'NO_PRICE' });
  });

  it('comes back after as many steps down as up', () => {
    for (const count of [1, 7, 40, 4001]) {
      expect(stepPrice(stepPrice('20999.75', count, NQ), -count, NQ)).toBe('20999.75');
    }
  });

  it('counts ticks and their money', () => {
    expect(ticksBetween('21000.00', '20990.00', NQ)).toBe(-40n);
    expect(ticksBetween('21000.10', '20990.00', NQ)).toBeNull();
    expect(moneyOfTicks(40n, 2, NQ)).toBe('400');
    expect(moneyOfTicks(3n, 1, ZN)).toBe('46.875');
  });
});

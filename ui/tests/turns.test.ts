import { describe, expect, it } from 'vitest';
import { type Part, PARTS, Turns } from '../src/core/turns';

function taken(turns: Turns, count: number): (Part | null)[] {
  return Array.from({ length: count }, () => turns.next());
}

describe('turns', () => {
  it('give each part one frame, the log first', () => {
    const turns = new Turns();
    turns.add(PARTS);
    expect(taken(turns, 7)).toEqual(['LOG', 'POSITIONS', 'ORDERS', 'HEAD', 'TICKET', 'PRICES', null]);
    expect(turns.areDue).toBe(false);
  });

  it('draw a part once, however often it has changed', () => {
    const turns = new Turns();
    turns.add(['HEAD']);
    turns.add(['HEAD', 'ORDERS']);
    expect(taken(turns, 3)).toEqual(['ORDERS', 'HEAD', null]);
  });

  it('leave every second frame to the others while the log never rests', () => {
    const turns = new Turns();
    const seen: (Part | null)[] = [];
    for (let frame = 0; frame < 10; frame += 1) {
      turns.add(PARTS);
      seen.push(turns.next());
    }
    expect(seen).toEqual(['LOG', 'POSITIONS', 'LOG', 'ORDERS', 'LOG', 'HEAD', 'LOG', 'TICKET', 'LOG', 'PRICES']);
  });

  it('let a new row go before figures that wait', () => {
    const turns = new Turns();
    turns.add(['POSITIONS', 'ORDERS', 'HEAD']);
    expect(turns.next()).toBe('POSITIONS');
    turns.add(['LOG']);
    expect(taken(turns, 3)).toEqual(['LOG', 'ORDERS', 'HEAD']);
  });

  it('come all at once where there are no frames', () => {
    const turns = new Turns();
    turns.add(['HEAD', 'LOG']);
    expect(turns.all()).toEqual(['LOG', 'HEAD']);
    expect(turns.areDue).toBe(false);
  });
});

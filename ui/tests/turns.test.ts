import { describe, expect, it } from 'vitest';
import { type Part, PARTS, Turns } from '../src/core/turns';

/** The parts of so many frames, in the order in which they were drawn. */
function taken(turns: Turns, count: number, nowMs = 0): Part[] {
  return Array.from({ length: count }, () => turns.next(nowMs)).flat();
}

describe('turns', () => {
  it('give each part one frame, the log first', () => {
    const turns = new Turns();
    turns.add(PARTS);
    expect(taken(turns, 7)).toEqual(['LOG', 'POSITIONS', 'ORDERS', 'HEAD', 'TICKET', 'PRICES']);
    expect(turns.areDue(0)).toBe(false);
  });

  it('draw a part once, however often it has changed', () => {
    const turns = new Turns();
    turns.add(['HEAD']);
    turns.add(['HEAD', 'ORDERS']);
    expect(taken(turns, 3)).toEqual(['ORDERS', 'HEAD']);
  });

  it('leave every second frame to the others while the log never rests', () => {
    const turns = new Turns();
    const seen: Part[] = [];
    for (let frame = 0; frame < 10; frame += 1) {
      turns.add(PARTS);
      seen.push(...turns.next(0));
    }
    expect(seen).toEqual(['LOG', 'POSITIONS', 'LOG', 'ORDERS', 'LOG', 'HEAD', 'LOG', 'TICKET', 'LOG', 'PRICES']);
  });

  it('let a new row go before figures that wait', () => {
    const turns = new Turns();
    turns.add(['POSITIONS', 'ORDERS', 'HEAD']);
    expect(turns.next(0)).toEqual(['POSITIONS']);
    turns.add(['LOG']);
    expect(taken(turns, 3)).toEqual(['LOG', 'ORDERS', 'HEAD']);
  });

  it('come all at once where there are no frames', () => {
    const turns = new Turns();
    turns.add(['HEAD', 'LOG']);
    expect(turns.all(0)).toEqual(['LOG', 'HEAD']);
    expect(turns.areDue(0)).toBe(false);
  });

  it('let what only the market moves rest, and nothing else', () => {
    const turns = new Turns();
    const shown: Record<Part, number> = { LOG: 0, POSITIONS: 0, ORDERS: 0, HEAD: 0, TICKET: 0, PRICES: 0 };
    for (let nowMs = 0; nowMs < 4_000; nowMs += 250) {
      turns.add(['TICKET']);
      turns.addCalm(['POSITIONS', 'HEAD', 'PRICES']);
      while (turns.areDue(nowMs)) for (const part of turns.next(nowMs)) shown[part] += 1;
    }
    expect(shown).toEqual({ LOG: 0, POSITIONS: 8, ORDERS: 0, HEAD: 8, TICKET: 16, PRICES: 8 });
  });

  it('show at once what has happened, rested or not', () => {
    const turns = new Turns();
    turns.addCalm(['POSITIONS']);
    expect(turns.next(0)).toEqual(['POSITIONS']);
    turns.addCalm(['POSITIONS']);
    expect(turns.areDue(100)).toBe(false);
    turns.add(['POSITIONS']);
    expect(turns.next(100)).toEqual(['POSITIONS']);
    expect(turns.areDue(10_000)).toBe(false);
  });

  it('forget nothing that rests', () => {
    const turns = new Turns();
    turns.addCalm(['HEAD']);
    expect(turns.next(0)).toEqual(['HEAD']);
    turns.addCalm(['HEAD']);
    expect(turns.next(250)).toEqual([]);
    expect(turns.next(500)).toEqual(['HEAD']);
  });
});

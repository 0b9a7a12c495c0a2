import { describe, expect, it } from 'vitest';
import type { LogRow } from '../src/backend/types';
import { EVERY_ROW, LogLens } from '../src/core/log_lens';
import { LOG_ROWS_DROPPED, LOG_ROWS_MAX, OrderLog } from '../src/core/order_log';
import { logOf, logRow, logRows, numbersOf } from './rows';

/** A row that counts how often its number is read. */
function countedRow(n: number, reads: { count: number }): LogRow {
  const row = logRow(n);
  return Object.defineProperty(row, 'n', {
    get: () => {
      reads.count += 1;
      return n;
    },
  });
}

describe('the order log', () => {
  it('takes no row twice', () => {
    const log = logOf(logRows(1, 3));
    expect(log.add(logRows(2, 5))).toBe(true);
    expect(numbersOf(log)).toEqual([1, 2, 3, 4, 5]);
  });

  it('keeps its version when nothing is new', () => {
    const log = logOf(logRows(1, 3));
    const before = log.version;
    expect(log.add(logRows(1, 2))).toBe(false);
    expect(log.version).toBe(before);
  });

  it('loses the oldest when there are too many, and says how many', () => {
    const log = logOf(logRows(1, LOG_ROWS_MAX));
    log.add([logRow(LOG_ROWS_MAX + 1)]);
    expect([log.length, log.dropped]).toEqual([LOG_ROWS_MAX + 1 - LOG_ROWS_DROPPED, LOG_ROWS_DROPPED]);
    expect([log.at(0)?.n, log.newest()?.n]).toEqual([LOG_ROWS_DROPPED + 1, LOG_ROWS_MAX + 1]);
  });

  it.each([
    ['the two overlap', logRows(4, 6), [1, 2, 3, 4, 5, 6]],
    ['the two meet', logRows(5, 6), [1, 2, 3, 4, 5, 6]],
    ['there is a hole', logRows(6, 7), [6, 7]],
    ['another desk counts from 1 again', logRows(1, 2), [1, 2]],
    ['another desk has no rows yet', [], []],
  ])('keeps older rows than a snapshot has where it may: %s', (_, snapshot, expected) => {
    const log = logOf(logRows(1, 4));
    log.restart(snapshot);
    expect(numbersOf(log)).toEqual(expected);
  });

  it('answers the rows after a number', () => {
    const log = logOf(logRows(1, 5));
    expect(log.after(3).map((row) => row.n)).toEqual([4, 5]);
    expect(log.after(5)).toEqual([]);
    expect(log.after(-1).length).toBe(5);
  });

  it('adds a batch without looking at the rows that are there', () => {
    const reads = { count: 0 };
    const log = new OrderLog();
    log.restart(Array.from({ length: 90_000 }, (_, index) => countedRow(index + 1, reads)));
    reads.count = 0;
    // Five seconds of 2 000 rows a second, a frame at a time.
    let next = 90_001;
    for (let frame = 0; frame < 300; frame += 1) {
      log.add(logRows(next, next + 32));
      next += 33;
    }
    expect(log.length).toBe(90_000 + 300 * 33);
    // The newest row that was there, once.
    expect(reads.count).toBeLessThanOrEqual(1);
  });
});

describe('the log lens', () => {
  const rows = [logRow(1), logRow(2, { action: 'REJECT', reason: 'bad_qty' }), logRow(3, { symbol: 'GC' })];
  const GC = { text: 'gc', action: 'ALL' } as const;

  it('lets everything through without a filter', () => {
    expect(numbersOf(new LogLens().look(logOf(rows), EVERY_ROW))).toEqual([1, 2, 3]);
  });

  it.each([
    [{ text: '', action: 'REJECT' }, [2]],
    [{ text: 'gc', action: 'ALL' }, [3]],
    // The code, and the words that are shown for it.
    [{ text: 'BAD_QTY', action: 'ALL' }, [2]],
    [{ text: 'Quantity is not valid', action: 'ALL' }, [2]],
    [{ text: 'bad_qty', action: 'FILL' }, []],
  ] as const)('filters by action and by text, in any case: %j', (filter, expected) => {
    expect(numbersOf(new LogLens().look(logOf(rows), filter))).toEqual(expected);
  });

  it('looks at new rows alone', () => {
    const lens = new LogLens();
    const log = logOf(rows);
    expect(numbersOf(lens.look(log, GC))).toEqual([3]);
    const looked: number[] = [];
    const at = log.at.bind(log);
    log.at = (index) => {
      looked.push(index);
      return at(index);
    };
    log.add([logRow(4, { symbol: 'GC' }), logRow(5)]);
    expect(numbersOf(lens.look(log, GC))).toEqual([3, 4]);
    expect(looked).toEqual([3, 4]);
  });

  it('starts anew with the log of another desk, and when the oldest rows go', () => {
    const lens = new LogLens();
    const log = logOf(rows);
    lens.look(log, GC);
    log.restart([logRow(1), logRow(2), logRow(3), logRow(4, { symbol: 'GC' })]);
    expect(numbersOf(lens.look(log, GC))).toEqual([4]);
    log.add(logRows(5, LOG_ROWS_MAX + 1));
    expect(numbersOf(lens.look(log, GC))).toEqual([]);
  });

  it('forgets a filter that was taken away', () => {
    const lens = new LogLens();
    const log = logOf(rows);
    lens.look(log, GC);
    lens.look(log, EVERY_ROW);
    log.add([logRow(4, { symbol: 'GC' })]);
    expect(numbersOf(lens.look(log, GC))).toEqual([3, 4]);
  });
});

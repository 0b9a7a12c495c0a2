import type { DeskStatus, LogRow, Snapshot } from '../src/backend/types';
import { type LogRows, OrderLog } from '../src/core/order_log';

export const STATUS: DeskStatus = {
  mode: 'MOCK',
  marketTime: '2026-11-23T14:30:00.0000000Z',
  killed: false,
  lockedOut: false,
  flattening: false,
  latched: false,
  dayRealized: '0.00',
  dayUnrealized: '0.00',
  dayFees: '0.00',
  paused: false,
  feed: 'SIMULATED',
  shortSelling: false,
};

export function logRow(n: number, change: Partial<LogRow> = {}): LogRow {
  return {
    n,
    orderId: `T${n}`,
    action: 'FILL',
    symbol: 'NQ',
    side: 'BUY',
    qty: 1,
    price: null,
    fillPrice: '21000.25',
    timestamp: '2026-11-23T14:30:00.2500000Z',
    reason: null,
    status: 'FILLED',
    ...change,
  };
}

export function logRows(from: number, to: number): LogRow[] {
  return Array.from({ length: to - from + 1 }, (_, index) => logRow(from + index));
}

export function snapshot(seq: number, log: LogRow[] = []): Snapshot {
  return { seq, log, positions: [], working: [], phantoms: [], quotes: [], desk: STATUS };
}

/** A log that holds these rows. */
export function logOf(rows: readonly LogRow[]): OrderLog {
  const log = new OrderLog();
  log.restart(rows);
  return log;
}

/** The rows in sight. */
export function rowsOf(rows: LogRows): LogRow[] {
  return Array.from({ length: rows.length }, (_, index) => rows.at(index)).filter((row) => row !== undefined);
}

export function numbersOf(rows: LogRows): number[] {
  return rowsOf(rows).map((row) => row.n);
}

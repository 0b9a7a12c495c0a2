import type { DeskStanding, DeskStatus, LogRow, RecoveryAnswer, Snapshot } from '../src/backend/types';
import { type LogRows, OrderLog } from '../src/core/order_log';

export const STATUS: DeskStatus = {
  mode: 'MOCK',
  marketTime: '2026-11-23T14:30:00.0000000Z',
  killed: false,
  lockedOut: false,
  flattening: false,
  latched: false,
  notConnected: false,
  reconciling: false,
  blind: false,
  dayRealized: '0.00',
  dayUnrealized: '0.00',
  dayFees: '0.00',
  paused: false,
  feed: 'SIMULATED',
  shortSelling: false,
};

export const STANDING: DeskStanding = {
  account: 'MOCK',
  broker: null,
  protection: {
    openContracts: 0,
    inAppContracts: 0,
    exitingContracts: 0,
    unprotectedContracts: 0,
    givenUpContracts: 0,
    stopsFillPnl: null,
    blind: false,
  },
  latency: { lastMs: null, p95Ms: null },
  feedAgeMs: 50,
  positionLimit: null,
  differences: [],
  latches: [],
  flatten: null,
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
    sinceMs: null,
    receipt: null,
    ...change,
  };
}

export function logRows(from: number, to: number): LogRow[] {
  return Array.from({ length: to - from + 1 }, (_, index) => logRow(from + index));
}

export function snapshot(seq: number, log: LogRow[] = []): Snapshot {
  return { seq, log, trades: [], positions: [], working: [], phantoms: [], quotes: [], desk: STATUS, standing: STANDING };
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

/** A start after a crash: something was open, nothing has changed. */
export const RECOVERED: RecoveryAnswer = {
  afterCrash: true,
  slept: false,
  since: '2026-11-23T14:20:00.0000000Z',
  returnedAt: '2026-11-23T14:30:00.0000000Z',
  policy: 'ASK',
  done: true,
  tookMs: 12,
  facts: 4_210,
  liveOrders: 0,
  openLots: 1,
  phantoms: 1,
  missedFills: [],
  ended: [],
  outside: [],
  differing: [],
  found: [],
  fired: [],
  passed: [],
  touched: [],
  damage: null,
};

import type {
  DeskStanding,
  DeskStatus,
  LogRow,
  PhantomRow,
  PositionRow,
  RecoveryAnswer,
  Snapshot,
  WorkingRow,
} from '../src/backend/types';
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

export const POSITION: PositionRow = {
  symbol: 'NQ',
  contract: 'NQ 12-26',
  qty: 1,
  avgPrice: '100.00',
  lastPrice: '100.00',
  unrealizedPnl: '0.00',
  realizedPnl: '0.00',
  fees: '1.89',
  protectedQty: 1,
  liquidationPnl: '-5.00',
  firstRisk: null,
  openedAt: '2026-11-23T14:30:00.0000000Z',
};

export const WORKING: WorkingRow = {
  orderId: 'T2',
  symbol: 'ES',
  side: 'BUY',
  qty: 1,
  filled: 0,
  type: 'LIMIT',
  price: '90.00',
  status: 'ACCEPTED',
  unknown: false,
  submittedAt: '2026-11-23T14:30:00.0000000Z',
  cancelling: false,
  changing: false,
  newQty: null,
  newPrice: null,
  reduces: false,
  changeable: true,
};

export const PHANTOM: PhantomRow = {
  lot: 'L0',
  symbol: 'ES',
  side: 'BUY',
  qty: 1,
  entryPrice: '100.00',
  stopPrice: '90.00',
  takeProfit: null,
  state: 'ARMED',
  stopDistanceTicks: 40,
  targetDistanceTicks: null,
  trailing: false,
  trailTicks: null,
  breakEven: false,
  stopPnl: '-200.00',
  targetPnl: null,
  passed: null,
  openedAt: '2026-11-23T14:30:00.0000000Z',
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

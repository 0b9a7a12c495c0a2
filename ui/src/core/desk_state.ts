// The state of the screen as a fold over numbered batches.

import type {
  DeskStanding,
  DeskStatus,
  DeskUpdateEvent,
  LogRow,
  OrderLogEvent,
  PhantomRow,
  PositionRow,
  PositionUpdateEvent,
  QuoteRow,
  Snapshot,
  TradeRow,
  WorkingRow,
} from '../backend/types';
import { OrderLog } from './order_log';
import { same, sameRow, sameRows } from './same';

/** Closed trades that stay in the window. */
export const TRADES_MAX = 10_000;

export interface DeskState {
  /** Grows in place; its version tells. */
  log: OrderLog;
  positions: readonly PositionRow[];
  working: readonly WorkingRow[];
  phantoms: readonly PhantomRow[];
  quotes: readonly QuoteRow[];
  desk: DeskStatus;
  standing: DeskStanding;
  /** Oldest first, numbered without gaps. */
  trades: readonly TradeRow[];
}

export type Batch =
  | ({ kind: 'LOG' } & OrderLogEvent)
  | ({ kind: 'POSITIONS' } & PositionUpdateEvent)
  | ({ kind: 'DESK' } & DeskUpdateEvent);

/** What came in since the last frame: every row of the log, and the newest of everything else. */
export interface Pending {
  rows: LogRow[];
  trades: TradeRow[];
  positions: readonly PositionRow[] | null;
  desk: Omit<DeskUpdateEvent, 'seq'> | null;
}

export function nothingPending(): Pending {
  return { rows: [], trades: [], positions: null, desk: null };
}

/** Adds a batch. Rows of the log are never merged or dropped; the rest is replaced by the newest. */
export function collect(pending: Pending, batch: Batch): void {
  switch (batch.kind) {
    case 'LOG':
      for (const row of batch.rows) pending.rows.push(row);
      for (const trade of batch.trades) pending.trades.push(trade);
      return;
    case 'POSITIONS':
      pending.positions = batch.positions;
      return;
    case 'DESK':
      pending.desk = batch;
      return;
  }
}

export function fromSnapshot(snapshot: Snapshot, before: DeskState | null): DeskState {
  const log = before?.log ?? new OrderLog();
  log.restart(snapshot.log);
  const { positions, working, phantoms, quotes, desk, standing, trades } = snapshot;
  return { log, positions, working, phantoms, quotes, desk, standing, trades };
}

export function fold(state: DeskState, pending: Pending): DeskState {
  const { positions, desk } = pending;
  state.log.add(pending.rows);
  return {
    log: state.log,
    positions: positions === null ? state.positions : sameRows(state.positions, positions, (row) => row.contract),
    working: desk === null ? state.working : sameRows(state.working, desk.working, (row) => row.orderId),
    phantoms: desk === null ? state.phantoms : sameRows(state.phantoms, desk.phantoms, (row) => row.lot),
    quotes: desk === null ? state.quotes : sameRows(state.quotes, desk.quotes, (row) => row.symbol),
    desk: desk === null ? state.desk : sameRow(state.desk, desk.desk),
    standing: desk === null ? state.standing : same(state.standing, desk.standing),
    trades: addTrades(state.trades, pending.trades),
  };
}

/** Rows that are already there, by their number, are not taken twice. */
function addTrades(before: readonly TradeRow[], rows: readonly TradeRow[]): readonly TradeRow[] {
  const newest = before.at(-1)?.n ?? 0;
  const fresh = rows.filter((row) => row.n > newest);
  return fresh.length === 0 ? before : [...before, ...fresh].slice(-TRADES_MAX);
}
